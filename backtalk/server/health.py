"""Whether the server can do its work: a model that answers and a database that commits.

Without Redis it can, only less well: what is shared then counts in each process alone.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine

from backtalk.database_threads import DatabaseThreads
from backtalk.server.heartbeat import beat

DATABASE_SECONDS = 2.0
MODEL_KEPT_SECONDS = 10.0
_QUESTION = "what is sciatica"


@dataclass(frozen=True)
class Checked:
    """What was found: of each part "ok" or what is wrong, in a few words without secrets."""

    needed: Mapping[str, str]
    helpful: Mapping[str, str]

    @property
    def failed(self) -> list[str]:
        """Parts without which the server is not ready."""
        return [name for name, said in self.needed.items() if said != "ok"]

    @property
    def degraded(self) -> list[str]:
        """Parts without which it works, less well."""
        return [name for name, said in self.helpful.items() if said != "ok"]

    @property
    def said(self) -> dict[str, str]:
        """All of it."""
        return {**self.needed, **self.helpful}


class Health:
    """Checks on demand. `model_fault` says why no model could be loaded, if so; `shared` how Redis does."""

    def __init__(
        self,
        agent: Agent | None,
        model_fault: str | None,
        engine: Engine,
        threads: DatabaseThreads,
        shared: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._agent = agent
        self._model_fault = model_fault
        self._engine = engine
        self._threads = threads
        self._shared = shared
        self.is_stopping = False
        self._beating: asyncio.Task[None] | None = None
        self._model_checked = 0.0
        self._model_said = "ok"

    async def check(self) -> Checked:
        """Look at everything; takes up to a few seconds if the database hangs."""
        needed = {"model": await self._model(), "database": await self._database()}
        if self.is_stopping:
            needed["server"] = "stopping"
        return Checked(needed, dict(self._shared()))

    async def warm_model(self) -> None:
        """The model's first answer takes ten times as long as the next: no patient need wait for it."""
        await self._model()

    async def _model(self) -> str:
        if self._agent is None:
            return self._model_fault or "not loaded"
        if time.monotonic() - self._model_checked > MODEL_KEPT_SECONDS:  # it costs as much as a turn
            self._model_said = await _answers(self._agent)
            self._model_checked = time.monotonic()
        return self._model_said

    async def _database(self) -> str:
        # One at a time: a database that hangs must not take a thread for each check.
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())
        try:
            await asyncio.wait_for(asyncio.shield(self._beating), DATABASE_SECONDS)
        except asyncio.TimeoutError:
            return f"did not commit in {DATABASE_SECONDS:g} s"
        except Exception as error:
            return f"does not commit: {type(error).__name__}"
        return "ok"

    async def _beat(self) -> None:
        await self._threads.call(beat, self._engine, seconds=60)


async def _answers(agent: Agent) -> str:
    """Have the model read a question and pick an action; nothing is stored."""
    try:
        action: Any = await _next_action(agent)
    except Exception as error:
        return f"does not answer: {type(error).__name__}"
    return "ok" if action else "picks no action"


async def _next_action(agent: Agent) -> str | None:
    processor = agent.processor
    tracker = DialogueStateTracker.from_events("health", [ActionExecuted("action_listen")])
    read = await processor.parse_message(UserMessage(_QUESTION, sender_id="health"), tracker)
    tracker.update(UserUttered(_QUESTION, read["intent"], read["entities"], read), processor.domain)
    predicted = processor.predict_next_with_tracker(tracker)
    best = max(predicted["scores"], key=lambda row: row["score"])
    return str(best["action"]) if best["score"] else None
