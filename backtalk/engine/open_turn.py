"""What a turn has read already and still has to write, for the conversations' store."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker


@dataclass
class OpenTurn:
    """One turn of `sender`, which visits the database once at its beginning and once at its end.

    `read` is what it read: the events and the id of the newest, until they are asked for. `unsaved` is what
    it has to write.
    """

    sender: str
    read: Optional[Tuple[Sequence[Event], int]] = None
    unsaved: Optional[DialogueStateTracker] = None


_OPEN: ContextVar[Optional[OpenTurn]] = ContextVar("open_turn", default=None)


def begin_turn(sender: str) -> OpenTurn:
    """From here on this task's turn. What it saves is not written before somebody does so at its end."""
    turn = OpenTurn(sender)
    _OPEN.set(turn)
    return turn


def open_turn(sender: str) -> Optional[OpenTurn]:
    """This task's turn, if it is one of `sender`."""
    turn = _OPEN.get()
    return turn if turn and turn.sender == sender else None
