"""Recognising that a message picks one of the topics just offered."""

from __future__ import annotations

import re
from typing import Sequence

from backtalk.understanding.text import normalise

_NUMBERS = {
    "1": 0, "one": 0, "first": 0, "1st": 0, "a": 0,
    "2": 1, "two": 1, "second": 1, "2nd": 1, "b": 1,
    "3": 2, "three": 2, "third": 2, "3rd": 2, "c": 2,
    "4": 3, "four": 3, "fourth": 3, "4th": 3,
    "5": 4, "five": 4, "fifth": 4, "5th": 4,
    "6": 5, "six": 5, "sixth": 5, "6th": 5,
}  # fmt: skip
_FRAME = re.compile(
    r"^(?:(?:i\s+(?:mean|want|choose|pick)|it's|its|ok|yes|option|number|no\.?|nr\.?|#|the|please)\s*)*"
    r"(?P<core>[a-z0-9]+)"
    r"(?:\s*[.):]|\s+(?:one|option|please|pls|thanks|thank you))*\s*[.!]?$"
)
MIN_TITLE_LETTERS = 4


def picked(text: str, titles: Sequence[str]) -> int | None:
    """The index of the title that `text` picks: by number, number word, the title or its start."""
    plain = normalise(text)
    match = _FRAME.match(plain)
    if match:
        index = _NUMBERS.get(match.group("core"))
        if index is None and match.group("core") == "last":
            index = len(titles) - 1
        if index is not None:
            return index if index < len(titles) else None
    letters = re.sub(r"[^a-z0-9 ]", "", plain).strip()
    if len(letters) < MIN_TITLE_LETTERS:
        return None
    hits = [
        index
        for index, title in enumerate(titles)
        if re.sub(r"[^a-z0-9 ]", "", normalise(title)).startswith(letters)
    ]
    return hits[0] if len(hits) == 1 else None
