"""Reading yes, no or "not sure" as the answer to a question that triage asked."""

from __future__ import annotations

import re
from enum import Enum

from backtalk.understanding.text import normalise

_YES = re.compile(
    r"^(yes|yeah|yep|yup|ye|yea|y|yess+|aye|si|sure|correct|right|true|definitely|absolutely|exactly|"
    r"it is|"
    r"it has|it does|i do|i am|i have|they do|he does|she does|he is|she is|sadly yes|afraid so|i think so|"
    r"maybe|possibly|kind of|kinda|sort of|a bit|a little|somewhat|ok yes|oh yes|well yes|uh huh|1)\b"
)
_NO = re.compile(
    r"^(no|nope|nah|n|non|not at all|not really|never|none|neither|negative|it is not|it isn.?t|it doesn.?t|"
    r"it hasn.?t|i do not|i don.?t|i am not|i.?m not|i haven.?t|don.?t think so|i don.?t think so|2)\b"
)
_UNSURE = re.compile(
    r"^(not sure|unsure|i.?m not sure|i am not sure|no idea|i don.?t know|dont know|idk|dunno|hard to say|"
    r"can.?t tell|cannot tell|perhaps|3)\b"
)
MAX_WORDS = 12


class YesNo(str, Enum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


def yes_or_no(text: str) -> YesNo | None:
    """What a short reply says; None if it is no reply to a yes/no question."""
    plain = normalise(text).strip(" .!,")
    if not plain or len(plain.split()) > MAX_WORDS:
        return None
    if _UNSURE.match(plain):
        return YesNo.UNSURE
    if _NO.match(plain):
        return YesNo.NO
    return YesNo.YES if _YES.match(plain) else None
