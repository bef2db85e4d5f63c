"""The small language in which features.yml says how patients put a finding.

    numb* & <saddle>          both within one sentence, in any order, at most WINDOW words apart
    cannot feel .. <wipe>     in this order; `..` lets up to LONG_GAP other words in between
    gone|went numb            alternatives; words such as "my", "really" may stand between any two
    pins and needles          "numb*" is every word that begins so; <name> is a list of `words:`

A pattern is looked up by its rarest part, so a message meets only the few that could match.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Iterable, Mapping, Sequence

from backtalk.triage.message import Message
from backtalk.triage.sequences import FILLER_WORDS, Match, Pattern, Sentence, Step, found_in

LONG_GAP = 5
MAX_KNOWN_WORDS = 20_000
FILLERS = 3
Words = Mapping[str, frozenset[str]]
_PART = re.compile(r"^(?:<[a-z_]+>|[a-z0-9]+\*?)(?:\|(?:<[a-z_]+>|[a-z0-9]+\*?))*\??$")


class PatternError(ValueError):
    """A pattern is not written in the language above."""


class PatternMatcher:
    """Finds named patterns in messages."""

    def __init__(
        self,
        groups: Mapping[str, str],
        patterns: Mapping[str, Sequence[str]],
        unless: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`groups`: name -> words or <names of lists>; `patterns` and `unless`: name -> patterns.

        `unless` are only looked for in sentences where their name was found. Raises PatternError.
        """
        self.groups: Words = {name: _unfold(words, groups) for name, words in groups.items()}
        self._atoms: dict[frozenset[str], int] = {}
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._prefix: dict[str, list[int]] = defaultdict(list)
        self._by_anchor: dict[int, list[tuple[int, Pattern]]] = defaultdict(list)
        self._cache: dict[str, frozenset[int]] = {}
        compiled = [self._compile(name, text) for name, texts in patterns.items() for text in texts]
        self._unless = {
            name: [self._compile(name, text) for text in texts] for name, texts in (unless or {}).items()
        }
        rarity = self._rarity(compiled)
        for pattern in compiled:
            # Found by its rarest part; the next rarest tells most others apart in one look.
            rarest = sorted(pattern.needed, key=lambda atom: (rarity[atom], atom))
            self._by_anchor[rarest[0]].append((rarest[min(1, len(rarest) - 1)], pattern))
        self._anchors = frozenset(self._by_anchor)

    @property
    def vocabulary(self) -> set[str]:
        """Every whole word that some pattern names."""
        return {word for word in self._exact if word.isalpha()}

    def _rarity(self, patterns: Sequence[Pattern]) -> Mapping[int, int]:
        """How often messages may have each part: by how many patterns name its words, filler words most."""
        words_of = {atom: words for words, atom in self._atoms.items()}
        uses = Counter(word for pattern in patterns for atom in pattern.needed for word in words_of[atom])
        return {
            atom: sum(uses[word] + (len(patterns) if word in FILLER_WORDS else 0) for word in words)
            for atom, words in words_of.items()
        }

    def find(self, message: Message) -> list[Match]:
        """All matches, each pattern at every place, in no particular order. None crosses a sentence."""
        found: list[Match] = []
        for sentence in self._sentences(message):
            present = sentence.present
            for anchor in present & self._anchors:
                for second, pattern in self._by_anchor[anchor]:
                    if second in present and pattern.needed <= present:
                        found += found_in(sentence, pattern)
        return found

    def find_unless(self, message: Message, matches: Iterable[Match]) -> dict[str, list[Match]]:
        """By name, the matches of `unless` in the sentences that have one of `matches` of that name."""
        sentences = self._sentences(message)
        found: dict[str, list[Match]] = defaultdict(list)
        named = {(m.name, message.sentence_of[m.first]) for m in matches if m.name in self._unless}
        for name, number in named:
            for pattern in self._unless[name]:
                if pattern.needed <= sentences[number].present:
                    found[name] += found_in(sentences[number], pattern)
        return found

    def _sentences(self, message: Message) -> Sequence[Sentence]:
        if "sentences" not in message.notes:
            message.notes["sentences"] = [
                Sentence(message.words, places, [self._known(message.words[place]) for place in places])
                for places in message.sentences
            ]
        sentences: Sequence[Sentence] = message.notes["sentences"]
        return sentences

    def _known(self, word: str) -> frozenset[int]:
        """The parts of patterns that a word fits; kept, as most words come again."""
        known = self._cache.get(word)
        if known is None:
            known = frozenset(self._atoms_of(word))
            if len(self._cache) < MAX_KNOWN_WORDS:
                self._cache[word] = known
        return known

    def _atoms_of(self, word: str) -> set[int]:
        found = set(self._exact.get(word, ()))
        for length in range(2, len(word) + 1):
            found.update(self._prefix.get(word[:length], ()))
        return found

    def _compile(self, name: str, written: str) -> Pattern:
        sequences = []
        for half in written.split("&"):
            steps, gap = [], FILLERS
            for part in half.split():
                if part == "..":
                    gap = -LONG_GAP
                    continue
                if not _PART.match(part):
                    raise PatternError(f"'{part}' in the pattern '{written}' of {name}")
                optional = part.endswith("?")
                steps.append(Step(self._atom(part.rstrip("?"), written), gap, optional))
                gap = FILLERS
            if not steps or steps[0].optional:
                raise PatternError(f"the pattern '{written}' of {name} needs a first word")
            sequences.append(tuple(steps))
        needed = frozenset(step.atom for steps in sequences for step in steps if not step.optional)
        return Pattern(name, written, tuple(sequences), needed)

    def _atom(self, part: str, written: str) -> int:
        words: set[str] = set()
        for piece in part.split("|"):
            if piece.startswith("<"):
                group = self.groups.get(piece[1:-1])
                if group is None:
                    raise PatternError(f"no list of words is called {piece} (in '{written}')")
                words |= group
            else:
                words.add(piece)
        key = frozenset(words)
        if key not in self._atoms:
            atom = self._atoms[key] = len(self._atoms)
            for word in words:
                if word.endswith("*"):
                    self._prefix[word[:-1]].append(atom)
                else:
                    self._exact[word].append(atom)
        return self._atoms[key]


def _unfold(words: str, groups: Mapping[str, str]) -> frozenset[str]:
    """The words of a list; a list may name other lists."""
    found: set[str] = set()
    for word in words.split():
        if word.startswith("<"):
            if word[1:-1] not in groups:
                raise PatternError(f"no list of words is called {word}")
            found |= _unfold(groups[word[1:-1]], groups)
        else:
            found.add(word)
    return frozenset(found)
