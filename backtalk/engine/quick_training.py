"""What makes a training quicker without changing what is learnt."""

from __future__ import annotations

import contextlib
import copy
from typing import Any, Iterator

from rasa.shared.nlu.training_data.message import Message


@contextlib.contextmanager
def quick_copies() -> Iterator[None]:
    """Copy examples one level deep, where Rasa copies all of them to the bottom, several times over.

    Each example is a text, an intent and flat metadata, none of which is changed in place.
    """
    Message.__deepcopy__ = _copied
    try:
        yield
    finally:
        del Message.__deepcopy__


def _copied(message: Message, _: dict[int, Any]) -> Message:
    copied = copy.copy(message)
    copied.data = dict(message.data)
    copied.features = list(message.features)
    copied.output_properties = set(message.output_properties)
    return copied
