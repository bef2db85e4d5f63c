"""Typographic characters in the GSM alphabet: one curly quote halves what an SMS holds."""

from __future__ import annotations

import re
import unicodedata

_SAME: dict[str, str] = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc\u02b9\u00b4`\uff07",
    '"': "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u275d\u275e\uff02",
    "-": (
        "\u2010\u2011\u2012\u2013\u2212\u2043\ufe58\ufe63\uff0d"  # hyphens, short dash, minus
        "\u2022\u2023\u25e6\u25aa\u25cf\u25a0\u25cb\u00b7\u2219"  # bullets
    ),
    "...": "\u2026\u22ef",
    "<-": "\u2190\u21d0",
    "->": "\u2192\u21d2\u27a1\u279c",
    "<->": "\u2194\u21d4",
    "x": "\u00d7",
    "*": "\u2217",
    "/": "\u2044\u2215\u00f7",
    "+/-": "\u00b1",
    "|": "\u00a6",
    "(c)": "\u00a9",
    "(R)": "\u00ae",
    "(TM)": "\u2122",
    "^1": "\u00b9",
    "^2": "\u00b2",
    "^3": "\u00b3",
    "fi": "\ufb01",
    "fl": "\ufb02",
    "ff": "\ufb00",
    "ffi": "\ufb03",
    "ffl": "\ufb04",
    "No.": "\u2116",
    " degrees C": "\u2103",
    " degrees F": "\u2109",
}
# A soft hyphen is a place to break a line, not a hyphen; marks of direction and of zero width show nothing.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u061c"
_TABLE = {ord(old): new for new, olds in _SAME.items() for old in olds}
_REMOVED = re.compile(f"[{_INVISIBLE}]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NEW_LINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Joiners belong to a script or an emoji, unless a Latin letter stands beside them; so do variation selectors.
_IDLE_JOINER = re.compile(
    "(?<![\u0300-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0300-\U0010ffff])|(?<![\u2000-\U0010ffff])[\ufe0e\ufe0f]"
)
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_FRACTION = re.compile("(\\d?)([\u00bc-\u00be\u2150-\u215e\u2189])")
_DEGREES = re.compile(" ?\u00b0 ?([CF])\\b| ?\u00b0")
_LONG_DASH = re.compile(" ?[\u2014\u2015] ?")
_COMPARED = re.compile(" ?([\u2264\u2265\u2248\u2260\u2266\u2267\u2a7d\u2a7e]) ?")
_COMPARISONS = {
    "\u2264": "at most", "\u2266": "at most", "\u2a7d": "at most", "\u2265": "at least",
    "\u2267": "at least", "\u2a7e": "at least", "\u2248": "about", "\u2260": "not",
}  # fmt: skip
_BOLD = re.compile(r"\*{2,}")
_SURROGATE = re.compile("[\ud800-\udfff]")


def fold(text: str) -> str:
    """`text` with its punctuation in the GSM alphabet; letters and emoji of any script stay.

    Signs without a twin are written out ("38 °C" is "38 degrees C", "≤ 3" is "at most 3"); `**` marks and
    what nobody sees are dropped. A folded text stays as it is. Never raises.
    """
    once = _once(text)
    while once != text:  # composing and dropping can make new neighbours; each pass leaves less to do
        text, once = once, _once(once)
    return once


def _once(text: str) -> str:
    text = _NEW_LINE.sub("\n", text)
    text = _IDLE_JOINER.sub("", _REMOVED.sub("", text))
    text = _SURROGATE.sub("?", unicodedata.normalize("NFC", text))
    text = _SPACE.sub(" ", text)
    text = _FRACTION.sub(_written_fraction, text)
    text = _DEGREES.sub(lambda match: f" degrees {match.group(1) or ''}".rstrip(), text)
    text = _COMPARED.sub(_written_comparison, text)
    text = _LONG_DASH.sub(lambda match: " - " if match.start() else "- ", text)
    return _BOLD.sub("", text.translate(_TABLE))


def _written_fraction(match: re.Match[str]) -> str:
    whole, sign = match.groups()
    plain = unicodedata.normalize("NFKD", sign).replace("\u2044", "/")
    return f"{whole} {plain}" if whole else plain


def _written_comparison(match: re.Match[str]) -> str:
    before = " " if match.start() > 0 else ""
    return f"{before}{_COMPARISONS[match.group(1)]} "
