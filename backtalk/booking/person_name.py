"""Reading a name: what a patient types when asked for it, or says on the way ("I'm Ann Lee")."""

from __future__ import annotations

import re
import unicodedata

from backtalk.understanding.text import clean

LONGEST = 80
MOST_WORDS = 7
_LEAD = re.compile(
    r"^(?:(?:hi|hello|ok|okay|yes|sure|well|so|it would be)[,. ]+)*"
    r"(?:(?:my|the|full|first|his|her|their|our)\s+)*(?:name(?:\s+is|'s|s|:)?\s+|it'?s\s+|its\s+|i\s?'?\s?a?m\s+|this\s+is\s+|call\s+me\s+|"
    r"you\s+can\s+call\s+me\s+|put\s+(?:it\s+)?(?:under|down\s+as)\s+|under\s+)?",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:[,. ]+(?:please|pls|plz|thanks|thank you|thx|is my name|here))+$", re.IGNORECASE)
_SAYS_NAME = re.compile(
    r"\b(?:my\s+(?:full\s+)?name(?:\s+is|'s|s|:)|name:|this\s+is|i'?m|i\s+am|call\s+me)\s+"
    r"(?P<name>(?:(?:Dr|Mr|Mrs|Ms|Mx)\.?\s+)?[^\W\d_][\w'-]*(?:\s+(?!(?:and|my|on|from|at|i|please|phone|number|tel|mobile|cell|calling|here|speaking)\b)"
    r"[^\W\d_][\w'-]*){0,3})",
    re.IGNORECASE,
)
# "Ann Lee 202 555 0143", "Ann Lee, 202 555 0143"
_BEFORE_NUMBER = re.compile(
    r"(?P<name>(?!I'?m\b)(?:[A-Z][\w'-]+ ){1,2}[A-Z][\w'-]+)[,:; -]{1,3}(?=\+?\(?\d[\d ().-]{6,})"
)
# "I'm looking for", "I'm in pain", "this is about": what follows is no name.
_NO_NAME = frozenset(
    "a an the in at on to so not now new free looking hoping trying wanting calling writing asking after about my "
    "your just really very still having getting going able available interested sure unsure sorry ready happy off "
    "from here back well fine ok okay good bad sick ill tired stuck unable pregnant over under only "
    "also too booked told worried scared struggling suffering thinking wondering for his her their it that this "
    "what why how who when where me you we they urgent important stiff sore hurt hurting aching dizzy numb".split()
)
_NEVER_IN_NAME = frozenset(
    "told said says want wants need needs come came give call called have has was not rather don't dont text my "
    "your because from about number phone".split()
)
_QUESTION = re.compile(
    r"\?|^(?:what|why|how|when|where|who|which|can|could|should|would|is|are|does|do|did|will|have|has)\b",
    re.IGNORECASE,
)


def read_name(text: str) -> str | None:
    """The name in a reply to "what is your name?"; None if it cannot be one. Never raises.

    Letters of any script, spaces, hyphens, apostrophes and dots; at most `LONGEST` characters. Emoji are
    dropped, other signs are not: a reply with them is asked again.
    """
    plain = clean("".join(c for c in text if not _is_picture(c)))
    if len(plain) > 3 * LONGEST or asks_something(plain):
        return None
    name = _TAIL.sub("", _LEAD.sub("", plain, count=1)).strip(" ,.-")
    return name if _is_name(name) else None


def find_name(text: str) -> str | None:
    """The name that a message says is the patient's, among other words ("I'm Ann Lee"). Never raises."""
    plain = clean(text)[:1000]
    before_number = _BEFORE_NUMBER.search(plain)
    if before_number and _is_name(before_number.group("name")):
        return before_number.group("name")
    for match in _SAYS_NAME.finditer(plain):
        name = match.group("name").strip(" ,.-")
        is_said_outright = "name" in match.group().lower()[:14]
        looks_like_one = name[:1].isupper() or is_said_outright
        if looks_like_one and name.split()[0].lower() not in _NO_NAME and _is_name(name):
            return name
    return None


def asks_something(text: str) -> bool:
    """Whether a message is put as a question."""
    words = text.split()
    return "?" in text or (len(words) > 2 and _QUESTION.search(text) is not None)


def _is_name(name: str) -> bool:
    if not 1 <= len(name) <= LONGEST or len(name.split()) > MOST_WORDS:
        return False
    if _NEVER_IN_NAME & {word.strip(".,").lower() for word in name.split()}:
        return False
    return any(c.isalpha() for c in name) and all(_may_stand_in_name(c) for c in name)


def _may_stand_in_name(char: str) -> bool:
    return char.isalpha() or unicodedata.category(char) in ("Mn", "Mc") or char in " -'.,"


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk", "Cs") or char in "\u200d\ufe0f\u20e3"
