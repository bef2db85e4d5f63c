"""Finding two questions in one message."""

from __future__ import annotations

import re

MAX_WORDS = 45
_ASKING = (
    r"(?:who|what|what's|whats|wot|when|where|why|how|which|can|could|do|does|did|is|are|am|will|would"
    r"|should|shall|may|might|has|have you|any|tell me|explain"
    r"|i (?:want|need|would like) to (?:know|book|ask))"
)
_AFTER_A_MARK = r"[?!.;]+\s+(?:and |also |but |plus |oh |then )*"
_BEFORE_A_QUESTION = rf",?\s+(?:and|also|plus|but|n|&)\s+(?:also\s+)?(?={_ASKING}\b)"
_BREAK = re.compile(rf"(?:{_AFTER_A_MARK})|(?:{_BEFORE_A_QUESTION})", re.IGNORECASE)
_STARTS_ASKING = re.compile(rf"^(?:and |also |but |so |ok |hi |hello )*{_ASKING}\b", re.IGNORECASE)


def split_questions(text: str) -> list[str]:
    """The parts of `text` that ask something, in order; one or none means there is no split.

    Only short messages are split: in a long story every sentence serves the same question.
    """
    if len(text.split()) > MAX_WORDS:
        return []
    pieces = [piece.strip(" ,?!.;") for piece in _BREAK.split(text)]
    return [p for p in pieces if len(p.split()) >= 2 and _STARTS_ASKING.match(p)]
