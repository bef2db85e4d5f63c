"""How a text travels by SMS: its alphabet, its length, and the parts that are paid for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import smsutil

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True)
class Segments:
    """`characters` are septets in GSM-7 (`{}[]^~|\\€` take two), UTF-16 units in UCS-2."""

    encoding: Encoding
    characters: int
    parts: int


def segments(text: str) -> Segments:
    """Counts for any text: 160 characters in one part or 153 in each of several; in UCS-2 70 or 67.

    An empty text has no parts. Source: GSM 03.38 and 3GPP TS 23.040, as smsutil counts them.
    """
    if not text:
        return Segments("GSM-7", 0, 0)
    split = smsutil.split(text)
    if split.encoding == "gsm0338":
        return Segments("GSM-7", split.total_bytes, len(split.parts))
    return Segments("UCS-2", split.total_bytes // 2, len(split.parts))


def not_gsm(text: str) -> list[str]:
    """The characters that make a text UCS-2, each once, in the order of the code points."""
    return sorted(c for c in set(text) if not smsutil.is_valid_gsm(c))
