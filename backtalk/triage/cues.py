"""The word lists that tell what a message says of a finding, from data/triage/assertion.yml."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from backtalk.triage.catalogue import CatalogueError

# Parts of assertion.yml that hold lists of single words; each list's name is unique over all of them.
WORD_PARTS = ("cues", "people", "times")


class Cues(dict[str, frozenset[str]]):
    """Each list by name: `cues["denies"]` is a set of words; `turn_in` finds several words in a row."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """`content` is what assertion.yml holds. Raises CatalogueError for a name given twice."""
        super().__init__()
        for part in WORD_PARTS:
            for name, words in content[part].items():
                if name in self:
                    raise CatalogueError(f"assertion.yml: '{name}' is given twice. Rename one.")
                self[name] = frozenset(words.split())
        # Every word that may name a person ("dads" is written for "dad's").
        self.naming = self["self_words"] | self["other_words"] | self["relatives"] | {"my"}
        self.naming |= {f"{relative}s" for relative in self["relatives"]}
        self._turns = {name: tuple(f" {turn} " for turn in turns) for name, turns in content["turns"].items()}
        # A turn can only be where its last word is, which is quicker to look for.
        self._last_words = {
            name: frozenset(turn.split()[-1] for turn in turns) for name, turns in content["turns"].items()
        }

    @property
    def vocabulary(self) -> set[str]:
        """All words of the lists, to correct slips towards."""
        return {word for words in self.values() for word in words if word.isalpha()}

    def has(self, words: Iterable[str], name: str) -> bool:
        """Whether one of `words` is in a list."""
        return not self[name].isdisjoint(words)

    def turn_in(self, words: Sequence[str], name: str) -> str:
        """The first turn of phrase of a list that stands in `words`, or ""."""
        if self._last_words[name].isdisjoint(words):
            return ""
        text = f" {' '.join(words)} "
        return next((turn.strip() for turn in self._turns[name] if turn in text), "")
