"""Which stored events a turn needs: the last turns of the session, and the state from before them."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Sequence

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.engine import Connection

TURNS = 12  # a symptom check has up to 8, and what was answered before it may be asked about after it
MOST_EVENTS = 160
Event = Dict[str, Any]
Table: Any = SQLTrackerStore.SQLEvent.__table__

_SESSION = "session_started"
_RESTARTS = (_SESSION, "restart")
# Written as in the migration of ix_events_state: only then does the database know that the index serves.
_STATE = "type_name IN ('slot','active_loop','pause','resume','reset_slots','session_started','restart')"
_LATEST = (
    select(Table.c.id, Table.c.type_name, Table.c.data)
    .where(Table.c.sender_id == bindparam("sender"))
    .order_by(Table.c.id.desc())
    .limit(MOST_EVENTS)
)
_STATE_BEFORE = (
    select(func.max(Table.c.id), Table.c.type_name)
    .where(
        Table.c.sender_id == bindparam("sender"),
        Table.c.id < bindparam("before"),
        text(_STATE),
    )
    .group_by(Table.c.type_name, Table.c.action_name)
)


def recent_events(connection: Connection, sender: str) -> List[Event]:
    """The events of the last `TURNS` turns of a sender's session, oldest first, in Rasa's form.

    Before them stand the events that set what still holds and is older: slots, an open form, a pause.
    So the number of events does not grow with the conversation.
    """
    newest_first = connection.execute(_LATEST, {"sender": sender}).all()
    first = _window(newest_first)
    window = [json.loads(row.data) for row in reversed(newest_first[:first])]
    if not window or window[0]["event"] == _SESSION or _is_all(newest_first, first):
        return window
    return _state_before(connection, sender, newest_first[first - 1].id) + window


def all_events(connection: Connection, sender: str) -> List[Event]:
    """Everything of all sessions, oldest first."""
    query = select(Table.c.data).where(Table.c.sender_id == sender).order_by(Table.c.id)
    return [json.loads(data) for (data,) in connection.execute(query)]


def _window(newest_first: Sequence[Any]) -> int:
    """How many of the rows belong to the window."""
    turns = 0
    for number, row in enumerate(newest_first, 1):
        if row.type_name == _SESSION:
            return number
        if row.type_name == "user":
            turns += 1
            if turns == TURNS:
                # The action that listened for the message stands before it.
                is_listen = number < len(newest_first) and newest_first[number].type_name == "action"
                return number + is_listen
    return len(newest_first)


def _is_all(newest_first: Sequence[Any], first: int) -> bool:
    return first == len(newest_first) < MOST_EVENTS


def _state_before(connection: Connection, sender: str, before: int) -> List[Event]:
    """The last event for each slot and for each other part of the state, since the session began."""
    found = connection.execute(_STATE_BEFORE, {"sender": sender, "before": before}).all()
    latest: Mapping[str, int] = {kind: max(i for i, k in found if k == kind) for _, kind in found}
    began = max((latest.get(kind, 0) for kind in _RESTARTS), default=0)
    emptied = max(began, latest.get("reset_slots", 0))
    ids = [i for i, kind in found if i > (emptied if kind == "slot" else began) and kind not in _RESTARTS]
    if not ids:
        return []
    query = select(Table.c.data).where(Table.c.id.in_(ids)).order_by(Table.c.id)
    return [json.loads(data) for (data,) in connection.execute(query)]
