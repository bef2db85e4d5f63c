"""What became of our texts: stored by the id that Twilio gave them, and only ever further on."""

from __future__ import annotations

from sqlalchemy import insert, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from backtalk.channels.sms_records import SURE_SECONDS, utc_now
from backtalk.channels.sms_tables import SmsDelivered
from backtalk.database_threads import DatabaseThreads

# Callbacks may overtake each other. Source: Twilio, "Message Status values".
_STEPS = {
    "accepted": 0, "scheduled": 0, "queued": 1, "sending": 2, "sent": 3,
    "delivered": 4, "undelivered": 4, "failed": 4, "canceled": 4, "read": 5,
}  # fmt: skip
FAILED = ("undelivered", "failed")
OTHER = "other"
_TABLE = SmsDelivered.__table__


def known_state(state: str) -> str:
    """`state` if it is one of Twilio's, else "other"."""
    return state if state in _STEPS else OTHER


class SmsDeliveries:
    """Writes what status callbacks say."""

    def __init__(self, engine: Engine, threads: DatabaseThreads) -> None:
        self._engine = engine
        self._threads = threads

    async def note(self, sid: str, sender: str, state: str, error: str | None, *, is_urgent: bool) -> bool:
        """Store a state if it is further on than the one stored; whether it is news.

        Raises DatabaseTimeout, SQLAlchemyError.
        """
        return await self._threads.call(
            self._note, sid, sender, known_state(state), error, is_urgent, seconds=SURE_SECONDS
        )

    def _note(self, sid: str, sender: str, state: str, error: str | None, is_urgent: bool) -> bool:
        earlier = [name for name, step in _STEPS.items() if step < _STEPS.get(state, -1)] + [OTHER]
        fields = {"state": state, "error": error, "at": utc_now()}
        with self._engine.begin() as connection:
            here = (_TABLE.c.sid == sid, _TABLE.c.state.in_(earlier))
            if connection.execute(update(_TABLE).where(*here).values(**fields)).rowcount:
                return True
        try:
            with self._engine.begin() as connection:
                row = {"sid": sid, "sender": sender, "is_urgent": is_urgent, **fields}
                connection.execute(insert(_TABLE).values(**row))
        except IntegrityError:
            return False  # the state stored is as far on, or further
        return True
