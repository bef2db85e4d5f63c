"""One pattern in one sentence: where its words stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, NamedTuple, Sequence

WINDOW = 10  # words between the sequences of one pattern
# They may stand between any two words of a pattern.
FILLER_WORDS = frozenset(
    "a an the my his her our their your its it i he she we they am is are was were be been being "
    "has have had do does did to of at on in for so very really quite just also all bit got "
    "getting get some this that still now even kind sort like little both feel feels feeling keep "
    "keeps started starting and ,".split()
)


@dataclass(frozen=True)
class Step:
    """One part of a sequence: which words fit, how many may come before it, whether it may lack."""

    atom: int
    gap: int
    optional: bool


@dataclass(frozen=True, eq=False)
class Pattern:
    """What is looked for: sequences of steps near each other; `needed` are all parts that must be there."""

    name: str
    written: str
    sequences: tuple[tuple[Step, ...], ...]
    needed: frozenset[int]


class Match(NamedTuple):
    """`name` was found at the word positions `places`, by the pattern `written`."""

    name: str
    places: tuple[int, ...]
    written: str

    @property
    def first(self) -> int:
        return self.places[0]

    @property
    def last(self) -> int:
        return self.places[-1]


class Sentence(dict[int, list[int]]):
    """One sentence: part of a pattern -> the positions that fit it, worked out when asked for.

    `present` holds every part that some word of it fits.
    """

    def __init__(self, words: Sequence[str], places: range, known: Sequence[frozenset[int]]) -> None:
        super().__init__()
        self.words = words
        self.present = frozenset().union(*known)
        self._known = list(zip(places, known, strict=True))

    def __missing__(self, atom: int) -> list[int]:
        found = self[atom] = [place for place, atoms in self._known if atom in atoms]
        return found


def found_in(sentence: Sentence, pattern: Pattern) -> Iterator[Match]:
    """Every match of a pattern in a sentence, at most one for each place of its first word."""
    starts = _sequence(pattern.sequences[0], sentence)
    if not starts:
        return
    others = [_sequence(sequence, sentence) for sequence in pattern.sequences[1:]]
    for start in starts:
        whole = start
        for places in others:
            near = [place for place in places if _are_near(start, place) and not set(place) & set(whole)]
            if not near:
                break
            whole += min(near, key=lambda place: abs(place[0] - start[0]))
        else:
            yield Match(pattern.name, tuple(sorted(whole)) if others else whole, pattern.written)


def _are_near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(one[0], other[0]) - min(one[-1], other[-1]) - 1 <= WINDOW


def _sequence(steps: Sequence[Step], sentence: Sentence) -> list[tuple[int, ...]]:
    """The places of a sequence, at most one for each place of its first step."""
    starts = sentence[steps[0].atom]
    if len(steps) == 1:
        return [(start,) for start in starts]
    found = [_continue(steps, 1, (start,), sentence) for start in starts]
    return [places for places in found if places]


def _continue(
    steps: Sequence[Step], number: int, taken: tuple[int, ...], sentence: Sentence
) -> tuple[int, ...] | None:
    if number == len(steps):
        return taken
    step, last = steps[number], taken[-1]
    for place in sentence[step.atom]:
        if place > last and _bridged(last, place, step.gap, sentence.words):
            found = _continue(steps, number + 1, (*taken, place), sentence)
            if found:
                return found
    return _continue(steps, number + 1, taken, sentence) if step.optional else None


def _bridged(last: int, place: int, gap: int, words: Sequence[str]) -> bool:
    between = place - last - 1
    if not between:
        return True
    if gap < 0:
        return between <= -gap
    return between <= gap and FILLER_WORDS.issuperset(words[last + 1 : place])
