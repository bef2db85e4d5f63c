"""From a stored event to Rasa's object, without looking at all classes for each one."""

from __future__ import annotations

import functools
from typing import Any, Dict, Mapping, Optional, Type

import rasa.shared.utils.common
from rasa.shared.core.events import Event


@functools.cache
def _types() -> Mapping[str, Type[Event]]:
    # Rasa takes the first class that fits.
    classes = reversed(rasa.shared.utils.common.all_subclasses(Event))
    return {cls.type_name: cls for cls in classes}


def event_of(data: Dict[str, Any]) -> Optional[Event]:
    """The event that `Event.as_dict` described; None if Rasa no longer knows such events."""
    cls = _types().get(data.get("event", ""))
    return cls._from_parameters(data) if cls else None


def resolve_events_quickly() -> None:
    """From now on Rasa finds an event's class by its name in a table.

    Rasa 3.6 collects all subclasses anew for each event that it reads: 0.13 ms for each. A class that is
    defined later is still found, the slow way.
    """
    slow = Event.resolve_by_type
    if hasattr(slow, "slow"):
        return

    def quick(type_name: str, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
        found = _types().get(type_name)
        return found or slow(type_name, default)

    quick.slow = slow  # type: ignore[attr-defined]
    Event.resolve_by_type = staticmethod(quick)
