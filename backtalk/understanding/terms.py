"""Cutting a text into the terms of which TF-IDF counts: words and pairs of words, letters within words.

What scikit-learn's vectorizers do with the settings of `classifier.py`; a test compares. They learn the
terms in training. At run time nothing else of scikit-learn is needed, and importing it takes 40 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

WORD = r"(?u)\b\w+\b"
WORDS = (1, 2)
LETTERS = (2, 4)
_WORD = re.compile(WORD)
_REMEMBERED = 32  # two classifiers cut the same text


@lru_cache(maxsize=_REMEMBERED)
def words_and_pairs(text: str) -> Sequence[str]:
    """Each word, then each two neighbours with a space between them."""
    words = _WORD.findall(text)
    return [*words, *map(" ".join, pairwise(words))]


@lru_cache(maxsize=_REMEMBERED)
def letters_within_words(text: str) -> Sequence[str]:
    """Two, three and four letters in a row, a space at each end of a word included."""
    least, most = LETTERS
    found: list[str] = []
    for word in text.split():
        spaced = f" {word} "
        for size in range(least, most + 1):
            if size >= len(spaced):
                found.append(spaced)
                break  # a short word counts once
            found += [spaced[i : i + size] for i in range(len(spaced) - size + 1)]
    return found


CUTS: tuple[Callable[[str], Sequence[str]], ...] = (words_and_pairs, letters_within_words)
