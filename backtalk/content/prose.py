"""Measuring plain text: sentences, words, reading level."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import AbstractSet

_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')]?\s+(?=[\"'(A-Z0-9*])")
_MARKUP = re.compile(r"\*\*|^- ", re.MULTILINE)


def paragraphs(text: str) -> list[list[str]]:
    """The blocks of a text; a block of bullets comes as its bullets, others as one item."""
    blocks: list[list[str]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if any(line.startswith("- ") for line in lines):
            intro = [line for line in lines if not line.startswith("- ")]
            blocks.append([line for line in lines if line.startswith("- ")])
            if intro:
                blocks.insert(len(blocks) - 1, [" ".join(intro)])
        else:
            blocks.append([" ".join(lines)])
    return [block for block in blocks if block and block[0]]


def sentences(text: str) -> list[str]:
    """Sentences in order; a bullet without an end mark is one of its own."""
    found: list[str] = []
    for block in paragraphs(text):
        for item in block:
            found += [s for s in _SENTENCE_END.split(_MARKUP.sub("", item)) if s.strip()]
    return found


def words(text: str) -> list[str]:
    """Words and numbers, without markup."""
    return _WORD.findall(text)


def reading_grade(text: str, names: AbstractSet[str] = frozenset()) -> float:
    """Flesch-Kincaid grade, with the words in `names` counted as one short word each.

    Source: Kincaid 1975, as used by the plain-language rules for patient text.
    """
    parts = [words(s) for s in sentences(text)]
    parts = [p for p in parts if p]
    tokens = [w for p in parts for w in p]
    if not tokens:
        return 0.0
    syllables = sum(1 if w.lower() in names or w[0].isdigit() else _syllables(w.lower()) for w in tokens)
    return 0.39 * len(tokens) / len(parts) + 11.8 * syllables / len(tokens) - 15.59


@cache
def _syllables(word: str) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # textstat warns about its own use of pkg_resources
        from textstat import textstat

    return max(1, int(textstat.syllable_count(word)))
