"""A message as words: corrected, cut into sentences and clauses, each word with its place."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans
from spacy.vocab import Vocab

from backtalk.understanding.spelling import Spelling, english_words
from backtalk.understanding.text import normalise

MAX_CHARACTERS = 6000
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[a-z]+|[.!?;:,()/\-%+]")
_NUMBER = re.compile(r"((?<![a-z0-9])\d+(?:[.,]\d+)*(?![a-z0-9]))")
_ONE_OF_TWO = "(?:foot|leg|arm|hand|eye|knee|side|calf|thigh|hip|shoulder)"
# What is written out before words are looked up: one of the first must be in the text for the rest to apply
# (looking for it is much quicker than the expression).
_CONTRACTIONS: Sequence[tuple[tuple[str, ...], re.Pattern[str], str]] = (
    (("can",), re.compile(r"\bcan'?t\b|\bcan not\b"), "cannot"),
    (("won",), re.compile(r"\bwon'?t\b"), "will not"),
    (("nt", "n't"), re.compile(
        r"\b(do|does|did|has|have|had|is|are|was|were|would|could|should|must)n'?t\b"), r"\1 not"),
    (("ain",), re.compile(r"\bain'?t\b"), "is not"),
    (("im", "i'm"), re.compile(r"\bi'?m\b"), "i am"),
    (("ve",), re.compile(r"\b(i|we|they|you)'?ve\b"), r"\1 have"),
    (("'re",), re.compile(r"\b(you|we|they)'re\b"), r"\1 are"),
    (("'ll",), re.compile(r"\b(i|you|he|she|it|we|they)'ll\b"), r"\1 will"),
    (("'d",), re.compile(r"\b(i|you|he|she|it|we|they)'d\b"), r"\1 would"),
    (("'s ",), re.compile(r"'s (had|been|got)\b"), r" has \1"),
    (("'s",), re.compile(r"\b(he|she|it|that|there|what|who|here)'s\b"), r"\1 is"),
    (("es", "ts"), re.compile(r"\b(he|she|there|that)s\b"), r"\1 is"),
    (("old's",), re.compile(r"\b(year|yr|month|week)s?([ -])old's\b"), r"\1\2old child"),
    (("'",), re.compile(r"'s\b|'"), ""),
    (("r ",), re.compile(rf"\br(?= {_ONE_OF_TWO}\b)"), "right"),
    (("l ",), re.compile(rf"\bl(?= {_ONE_OF_TWO}\b)"), "left"),
)  # fmt: skip
_SENTENCE_END = frozenset(".!?")
# After these a new clause begins: what was denied before them is not denied after them.
_NEW_CLAUSE = frozenset(
    "but except although though however yet whereas only just because so while otherwise instead "
    "unless until".split()
)
_SUBJECTS = frozenset(
    "i my mine he she his her it its the they their we our there this that these now then since also today "
    "yesterday can what when why how is are should do does still".split()
)
_LIST_MARKS = frozenset(",;:()-")


@dataclass(frozen=True)
class Message:
    """The words, numbers and marks of a message in order, and the sentence and clause of each.

    `sentences` and `clauses` hold the word positions of each sentence and clause. `notes` keeps what was
    worked out about them, so that many findings share the work.
    """

    words: Sequence[str]
    sentence_of: Sequence[int]
    clause_of: Sequence[int]
    sentences: Sequence[range]
    clauses: Sequence[range]
    notes: dict[Any, Any] = field(default_factory=dict, compare=False)

    def span(self, first: int, last: int) -> str:
        """The words from `first` to `last`, for people to read."""
        return " ".join(self.words[first : last + 1])

    def sentence(self, number: int) -> Sequence[str]:
        """The words of one sentence."""
        return self._words_of(self.sentences, number)

    def clause(self, number: int) -> Sequence[str]:
        """The words of one clause."""
        return self._words_of(self.clauses, number)

    def _words_of(self, parts: Sequence[range], number: int) -> Sequence[str]:
        return self.words[parts[number].start : parts[number].stop]


class Reader:
    """Turns text into a Message.

    `vocabulary` is what unknown words are corrected towards; `phrases` are fixed expressions that
    stand for one word ("pins and needles": tingling), the longest first.
    """

    def __init__(self, vocabulary: Iterable[str], phrases: Mapping[str, Sequence[str]]) -> None:
        self._spelling = _spelling(tuple(sorted(set(vocabulary))))
        self._vocab = Vocab()
        self._phrases = PhraseMatcher(self._vocab)
        for meant, written in phrases.items():
            self._phrases.add(meant, [Doc(self._vocab, words=_TOKEN.findall(text)) for text in written])

    def read(self, text: str) -> Message:
        """Read any Unicode text; what is longer than MAX_CHARACTERS is read from both ends."""
        if len(text) > 2 * MAX_CHARACTERS:
            text = f"{text[:MAX_CHARACTERS]}. {text[-MAX_CHARACTERS:]}"
        written = _expand(normalise(text))
        pieces = _NUMBER.split(written)
        # "2" may stand for "to" elsewhere; here numbers stay numbers.
        pieces[::2] = [self._spelling.correct(piece) for piece in pieces[::2]]
        corrected = "".join(pieces)
        plain = corrected if corrected == written else _expand(corrected)
        return _cut(self._with_phrases_joined(_TOKEN.findall(plain)))

    def _with_phrases_joined(self, tokens: list[str]) -> list[str]:
        found = self._phrases(Doc(self._vocab, words=tokens), as_spans=True)
        for span in sorted(filter_spans(found), key=lambda span: -span.start):
            tokens[span.start : span.end] = span.label_.split()
        return tokens


def _expand(text: str) -> str:
    for needed, pattern, written_out in _CONTRACTIONS:
        if any(part in text for part in needed):
            text = pattern.sub(written_out, text)
    return text


def _cut(tokens: Sequence[str]) -> Message:
    sentence_of: list[int] = []
    clause_of: list[int] = []
    sentence = clause = 0
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        if token in _NEW_CLAUSE and clause_of and clause_of[-1] == clause:
            clause += 1
        sentence_of.append(sentence)
        clause_of.append(clause)
        if token in _SENTENCE_END:
            sentence += 1
            clause += 1
        elif (token in _LIST_MARKS or token == "and") and following in _SUBJECTS:
            clause += 1
    return Message(tuple(tokens), sentence_of, clause_of, _ranges(sentence_of), _ranges(clause_of))


def _ranges(numbers: Sequence[int]) -> list[range]:
    """The positions of each number in an ascending list that leaves none out."""
    starts = [i for i, number in enumerate(numbers) if not i or number != numbers[i - 1]]
    return [range(start, end) for start, end in itertools.pairwise([*starts, len(numbers)])]


@lru_cache(maxsize=4)
def _spelling(vocabulary: tuple[str, ...]) -> Spelling:
    return Spelling(english_words(), vocabulary)


def data_folder() -> Path:
    """Where the catalogue and the patterns are."""
    return Path(__file__).resolve().parents[2] / "data" / "triage"
