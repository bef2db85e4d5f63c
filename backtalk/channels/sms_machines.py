"""Texts that nobody typed: reactions of a phone, our own words sent back, and automatic replies."""

from __future__ import annotations

import re
from typing import Sequence

from backtalk.channels.sms_limits import letters_of
from backtalk.understanding.text import normalise

# How iPhones and Android phones send a reaction to somebody with another kind of phone.
_QUOTE = "[\"“”„«»'‘’]"
_VERB = (
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S{1,12} to|[^\w\s]{1,12} to"
    r"|removed an? [\w ]{1,20} from|removed [^\w\s]{1,12} from)"
)
_THING = "an? (?:image|photo|picture|video|movie|attachment|voice message)"
_REACTION = re.compile(
    rf"{_VERB}\s+(?:{_QUOTE}\s?(?P<quote>.+?)\s?(?:{_QUOTE}|…|\.\.\.)?\s*|{_THING})",
    re.IGNORECASE | re.DOTALL,
)
_LEAST_ECHO = 20


def is_reaction(text: str) -> bool:
    """Whether `text` has the form of a reaction, such as 'Liked “…”'."""
    return bool(_REACTION.fullmatch(text.strip()))


def says_back(text: str, sent: Sequence[str]) -> bool:
    """Whether `text` is what we have sent lately, or a reaction to it: no words of the patient's own."""
    reaction = _REACTION.fullmatch(text.strip())
    if reaction:
        quote = letters_of(reaction.group("quote") or "")
        return not quote or any(quote in letters_of(said) for said in sent)
    letters = letters_of(text)
    return len(letters) >= _LEAST_ECHO and any(letters_of(said).startswith(letters) for said in sent)


def is_auto_reply(text: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    """Whether one of `patterns` is the whole text, in small letters."""
    plain = normalise(text)
    return any(pattern.fullmatch(plain) for pattern in patterns)
