"""References of requests, short enough to read out on the phone: BT-7K3Q."""

from __future__ import annotations

import re
import secrets

# No vowels and a digit before each letter, so no words; none of 0 O, 1 I L, 5 S, 2 Z, 8 B side by side.
_DIGITS = "23456789"
_LETTERS = "CDFGHJKMNPQRTVWXY"
_PREFIX = "BT-"
_FORM = re.compile(rf"^{_PREFIX}([{_DIGITS}][{_LETTERS}]){{2,4}}$")


def new_reference(pairs: int = 2) -> str:
    """A random reference with `pairs` of digit and letter: 18,496 with two, 2.5 million with three."""
    made = (secrets.choice(_DIGITS) + secrets.choice(_LETTERS) for _ in range(pairs))
    return _PREFIX + "".join(made)


def candidates() -> list[str]:
    """References to try in turn: short ones first, longer ones for when those are taken."""
    return [new_reference(pairs) for pairs in (2, 2, 2, 3, 3, 4)]


def read_reference(typed: str) -> str | None:
    """The reference in what somebody typed ("bt 7k3q", "7K3Q"), or None if it is none."""
    bare = re.sub(r"[^0-9A-Z]", "", typed.upper())
    found = _PREFIX + bare.removeprefix("BT")
    return found if _FORM.match(found) else None
