"""The word lists that tell what a message says of a finding, from data/triage/assertion.yml."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from backtalk.triage.catalogue import CatalogueError

# Parts of assertion.yml that hold lists of single words; each list's name is unique over all of them.
WORD_PARTS = ("cues", "people", "times")


class Cues:
    """Each list by name: `cues["denies"]` is a set of words, `turns("over")` word sequences."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """`content` is what assertion.yml holds. Raises CatalogueError for a name given twice."""
        self._words: dict[str, frozenset[str]] = {}
        for part in WORD_PARTS:
            for name, words in content[part].items():
                if name in self._words:
                    raise CatalogueError(f"assertion.yml: '{name}' is given twice. Rename one.")
                self._words[name] = frozenset(words.split())
        self._turns = {name: tuple(f" {turn} " for turn in turns) for name, turns in content["turns"].items()}

    def __getitem__(self, name: str) -> frozenset[str]:
        return self._words[name]

    @property
    def vocabulary(self) -> set[str]:
        """All words of the lists, to correct slips towards."""
        return {word for words in self._words.values() for word in words if word.isalpha()}

    def has(self, words: Iterable[str], name: str) -> bool:
        """Whether one of `words` is in a list."""
        return not self._words[name].isdisjoint(words)

    def turn_in(self, words: Sequence[str], name: str) -> str:
        """The first turn of phrase of a list that stands in `words`, or ""."""
        text = f" {' '.join(words)} "
        return next((turn.strip() for turn in self._turns[name] if turn in text), "")
