"""Which of the clinic's services a message names."""

from __future__ import annotations

import re
from typing import Mapping, Sequence

from backtalk.booking.form_words import plain_words

_SHORTEST_START = 5


def named_service(text: str, services: Sequence[str], also_called: Mapping[str, Sequence[str]]) -> str | None:
    """The service that `text` names first: by its name, its start ("physio"), or another name."""
    plain = f" {plain_words(text)} "
    found = []
    for service in services:
        places = [_place(name.lower(), plain) for name in (service, *also_called.get(service.lower(), ()))]
        places.append(_place_of_start(service.lower().split()[0], plain))
        found += [(at, service) for at in places if at is not None]
    return min(found)[1] if found else None


def _place(name: str, plain: str) -> int | None:
    exact = re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", plain)
    return exact.start() if exact else None


def _place_of_start(first_word: str, plain: str) -> int | None:
    for word in re.finditer(r"[a-z]+", plain):
        said = word.group()
        if len(said) >= _SHORTEST_START and first_word.startswith(said) and len(said) * 2 >= len(first_word):
            return word.start()
    return None
