"""Whether a message about privacy asks to have everything deleted now, or only asks about it."""

from __future__ import annotations

import re

from backtalk.understanding.text import normalise

_ERASES = re.compile(
    r"^(?:please |pls |plz |can you |could you |can u |now |just )*(?:delete|erase|wipe|remove|clear|forget|get rid of)\b|"
    r"\b(?:i|we)(?:'d| would)? ?(?:want|need|like|wish|wanna)(?: you)?(?: to)? ?(?:delete|erase|wipe|remove|have .* (?:deleted|erased|removed)|my .* (?:deleted|erased|removed|gone))|"
    r"\bplease (?:delete|erase|wipe|remove|forget)\b|"
    r"\b(?:delete|erase|wipe|remove) (?:all |every ?thing |me|it all|my |this (?:chat|conversation)|the (?:chat|conversation)|what i )|"
    r"\bforget (?:me|all|everything|what i|about me)\b|\bright to be forgotten\b"
)
_FEW = 12
_ASKS = re.compile(r"^(?:how|when|what|who|why|do|does|is|are|will|which)\b|\bhow (?:do|can|to)\b")


def asks_to_erase(text: str) -> bool:
    """Whether a message that is about privacy wants the conversation deleted. Never raises."""
    plain = normalise(text)
    return not _ASKS.search(plain) and _ERASES.search(plain) is not None


_MINE = re.compile(
    r"\b(?:delete|del|erase|wipe|remove|clear|forget|get rid of)\b.{0,12}\b(?:my (?:data|chats?|messages?|conversation|history|"
    r"details|info\w*|records?|phone number|number)|this (?:chat|conversation)|the (?:chat|conversation)|me\b(?! from)|everything|"
    r"every thing|all (?:i|you|my|of)|(?:what|wat) i)"
)


def orders_erasing(text: str) -> bool:
    """Whether a short message orders in so many words that what was said here is deleted. Never raises."""
    plain = normalise(text)
    return len(plain.split()) <= _FEW and _MINE.search(plain) is not None and not _ASKS.search(plain)
