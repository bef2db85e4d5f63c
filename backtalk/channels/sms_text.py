"""Texts as they go out by SMS: folded to the GSM alphabet, counted in parts, cut into pages."""

from __future__ import annotations

import re
from enum import IntEnum

import regex

from backtalk.content.sms_folding import fold
from backtalk.content.sms_parts import Segments, segments

__all__ = ["MORE", "MOST_PARTS", "Segments", "fold", "paged", "segments"]

MOST_PARTS = 3
MORE = "Reply MORE for the rest."

_MOST_IN_A_PART = 160
_GAP = re.compile(r"\s+")
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*$")
# Also "+1 (202) 555-0143" and "1 000 000": a gap between digits is no place to cut.
_NUMBER = re.compile(r"\+?\(?\d(?:[\d().,:/-]|[ \u00a0](?=[\d(]))*")


class _Cut(IntEnum):
    """Places where a page may end, the better the higher."""

    IN_A_NUMBER = 0
    WORD = 1
    SENTENCE = 2
    PARAGRAPH = 3


# How much of a page a cut must leave filled to be taken before a lesser one further on.
_FILLED = {_Cut.PARAGRAPH: 0.5, _Cut.SENTENCE: 0.3, _Cut.WORD: 0.0, _Cut.IN_A_NUMBER: 0.0}


def paged(text: str, most_parts: int = MOST_PARTS, *, more: str = MORE) -> tuple[str, ...]:
    """`text` in pages of at most `most_parts` SMS parts; all but the last end with the line `more`.

    Pages end between paragraphs, else sentences, else words. Only a word, link or number that is longer than
    a page is cut, between characters as a reader sees them. Without those lines the pages hold every word of
    `text`, in order. An empty text has no pages. Raises ValueError if `more` leaves no room in a page.
    """
    pages: list[str] = []
    rest = text.strip()
    while rest:
        if _fits(rest, most_parts):
            return (*pages, rest)
        room = _room(rest, most_parts, more)
        end, start = _best_cut(rest, room)
        pages.append(f"{rest[:end]}\n{more}")
        rest = rest[start:].strip()
    return tuple(pages)


def _fits(text: str, most_parts: int) -> bool:
    return len(text) <= most_parts * _MOST_IN_A_PART and segments(text).parts <= most_parts


def _room(text: str, most_parts: int, more: str) -> int:
    """How many characters of `text` fit on a page above the line `more`."""
    low, high = 0, min(len(text), most_parts * _MOST_IN_A_PART)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(f"{text[:middle]}\n{more}", most_parts):
            low = middle
        else:
            high = middle - 1
    if low < 1:
        raise ValueError(f"pages of {most_parts} parts have no room beside {more!r}. Allow more parts.")
    return low


def _best_cut(text: str, room: int) -> tuple[int, int]:
    """Where the page ends and where the next one starts, in characters of `text`."""
    numbers = [match.span() for match in _NUMBER.finditer(text, 0, room + _MOST_IN_A_PART)]
    best: dict[_Cut, tuple[int, int]] = {}
    for gap in _GAP.finditer(text, 0, room + 1):
        best[_kind(text, gap, numbers)] = gap.span()
    for kind in sorted(best, reverse=True):
        if best[kind][0] > room * _FILLED[kind]:
            return best[kind]
    end = _whole_characters(text, room)
    return end, end


def _kind(text: str, gap: re.Match[str], numbers: list[tuple[int, int]]) -> _Cut:
    if any(start < gap.start() and gap.end() < end for start, end in numbers):
        return _Cut.IN_A_NUMBER
    if _PARAGRAPH.search(gap.group()):
        return _Cut.PARAGRAPH
    ended = _SENTENCE_END.search(text, max(0, gap.start() - 5), gap.start())
    return _Cut.SENTENCE if ended or "\n" in gap.group() else _Cut.WORD


def _whole_characters(text: str, room: int) -> int:
    """The longest stretch up to `room` that ends between two characters as a reader sees them."""
    end = 0
    for cluster in regex.finditer(r"\X", text[: room + _MOST_IN_A_PART]):
        if cluster.end() > room:
            break
        end = cluster.end()
    return end or room
