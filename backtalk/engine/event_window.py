"""Which stored events a turn needs: the last turns of the session, and the state from before them."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.engine import Connection

from backtalk.engine.last_turn import topic_answered

USUAL_TURNS, USUAL_EVENTS = 4, 40
# A symptom check has up to 9 turns, and what was answered before it may be asked about after it.
TURNS, MOST_EVENTS = 12, 160
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
    .limit(bindparam("most"))
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
_THOSE = select(Table.c.data).where(Table.c.id.in_(bindparam("ids", expanding=True))).order_by(Table.c.id)


def recent_events(connection: Connection, sender: str) -> Tuple[List[Event], int]:
    """The events of the last turns of a sender's session, oldest first, in Rasa's form.

    Also the id of the newest event of the sender, 0 if there is none.

    These are the last `USUAL_TURNS`, or the last `TURNS` if what was answered last is not among them. Before
    them stand the events that set what still holds and is older: slots, an open form, a pause. So the number
    of events does not grow with the conversation.
    """
    for turns, most in ((USUAL_TURNS, USUAL_EVENTS), (TURNS, MOST_EVENTS)):
        newest_first = connection.execute(_LATEST, {"sender": sender, "most": most}).all()
        first = _window(newest_first, turns)
        is_whole = first == len(newest_first) < most
        window = _parsed([row.data for row in reversed(newest_first[:first])])
        if is_whole or window[0]["event"] == _SESSION:
            return window, int(newest_first[0].id) if newest_first else 0
        if first < len(newest_first) and any(map(_answers, window)):
            break
    return _state_before(connection, sender, newest_first[first - 1].id) + window, int(newest_first[0].id)


def all_events(connection: Connection, sender: str) -> Tuple[List[Event], int]:
    """Everything of all sessions, oldest first, and the id of the newest event."""
    query = select(Table.c.id, Table.c.data).where(Table.c.sender_id == sender).order_by(Table.c.id)
    rows = connection.execute(query).all()
    return _parsed([row.data for row in rows]), int(rows[-1].id) if rows else 0


def _window(newest_first: Sequence[Any], most: int) -> int:
    """How many of the rows belong to the last `most` turns of the session."""
    turns = 0
    for number, row in enumerate(newest_first, 1):
        if row.type_name == _SESSION:
            return number
        if row.type_name == "user":
            turns += 1
            if turns == most:
                # The action that listened for the message stands before it.
                is_listen = number < len(newest_first) and newest_first[number].type_name == "action"
                return number + is_listen
    return len(newest_first)


def _answers(event: Event) -> bool:
    """Whether a follow-up question may be about it."""
    said = (event.get("metadata") or {}).get("metadata") or {}
    return event["event"] == "bot" and topic_answered(said) is not None


def _parsed(stored: Sequence[str]) -> List[Event]:
    """All in one go: it takes half the time of one after the other."""
    return list(json.loads(f"[{','.join(stored)}]"))


def _state_before(connection: Connection, sender: str, before: int) -> List[Event]:
    """The last event for each slot and for each other part of the state, since the session began."""
    found = connection.execute(_STATE_BEFORE, {"sender": sender, "before": before}).all()
    latest: Mapping[str, int] = {kind: max(i for i, k in found if k == kind) for _, kind in found}
    began = max((latest.get(kind, 0) for kind in _RESTARTS), default=0)
    emptied = max(began, latest.get("reset_slots", 0))
    ids = [i for i, kind in found if i > (emptied if kind == "slot" else began) and kind not in _RESTARTS]
    if not ids:
        return []
    return _parsed([data for (data,) in connection.execute(_THOSE, {"ids": ids})])
