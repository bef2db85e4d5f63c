"""Making messages comparable before they are measured."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_STRETCHED = re.compile(r"([a-zA-Z!?.])\1{2,}")
_HAS_WORD = re.compile(r"[^\W_]", re.UNICODE)


def clean(text: str) -> str:
    """`text` without control and formatting characters, with plain quotes and single spaces."""
    if text.isascii() and text.isprintable():  # most messages, and twenty times as fast
        return " ".join(text.split())
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    visible = "".join(
        " " if c.isspace() else c for c in folded if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(visible.split())


def normalise(text: str) -> str:
    """`clean`, lower case, with stretched letters shortened ("sooooo" to "soo")."""
    return _STRETCHED.sub(r"\1\1", clean(text)).lower()


def has_words(text: str) -> bool:
    """Whether there is any letter or digit in any script."""
    return bool(_HAS_WORD.search(text))
