"""Taking in a request while a patient waits: stored within two seconds, or NotStored."""

from __future__ import annotations

from backtalk.booking.errors import NotStored
from backtalk.booking.requests import Requests
from backtalk.booking.wanted import Wanted
from backtalk.database_threads import DatabaseThreads, DatabaseTimeout

INTAKE_SECONDS = 2.0


class Intake:
    """Calls `Requests` in threads, so that no database stops the event loop."""

    def __init__(self, requests: Requests, threads: DatabaseThreads) -> None:
        self._requests = requests
        self._threads = threads

    async def store(self, wanted: Wanted, *, conversation: str) -> str:
        """The reference of the stored request; it is committed. Raises NotStored within `INTAKE_SECONDS`.

        After NotStored it may still have been stored; storing the same again then gives its reference.
        """

        def work() -> str:
            return self._requests.store(wanted, conversation=conversation)

        try:
            return await self._threads.call(work, seconds=INTAKE_SECONDS)
        except DatabaseTimeout as error:
            raise NotStored("the database did not commit in time") from error

    async def find_open(self, conversation: str) -> str | None:
        """The reference of this conversation's last open request. Raises DatabaseTimeout, SQLAlchemyError."""
        return await self._threads.call(self._requests.find_open, conversation, seconds=INTAKE_SECONDS)
