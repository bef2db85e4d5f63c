"""Where the milliseconds of a turn go: the parts of one are timed while a single client talks."""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.assistants import CACHE, ROOT, Backtalk

WARM_UP, MEASURED = 30, 200
TURNS = 5
REST = "everything else: Rasa's turn, events, asyncio"


class Spans:
    """Milliseconds spent in each part, not counting parts within it. For one turn at a time."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._open: list[float] = []

    def time(self, owner: Any, name: str, part: str) -> None:
        """Count the time in `owner.name` as `part`."""
        plain = getattr(owner, name)

        if asyncio.iscoroutinefunction(plain):

            @functools.wraps(plain)
            async def timed(*args: Any, **kwargs: Any) -> Any:
                started = self._enter()
                try:
                    return await plain(*args, **kwargs)
                finally:
                    self._leave(part, started)

        else:

            @functools.wraps(plain)
            def timed(*args: Any, **kwargs: Any) -> Any:
                started = self._enter()
                try:
                    return plain(*args, **kwargs)
                finally:
                    self._leave(part, started)

        setattr(owner, name, timed)

    def _enter(self) -> float:
        self._open.append(0.0)
        return time.perf_counter()

    def _leave(self, part: str, started: float) -> None:
        taken = 1000 * (time.perf_counter() - started)
        within = self._open.pop()
        self.spent[part] += taken - within
        if self._open:
            self._open[-1] += taken


def profiled(texts: Sequence[str]) -> dict[str, float]:
    """`profile_turn` in a process of its own, as a server would be."""
    command = [sys.executable, "-m", "bench.turn_profile", *texts]
    done = subprocess.run(command, cwd=ROOT, env=Backtalk().environment(), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The profile failed: {done.stderr[-1000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def profile_turn(project_folder: Path, texts: Iterator[str]) -> dict[str, float]:
    """Median milliseconds of each part of a turn, in a process of its own, without HTTP."""
    from backtalk.channels.guard import Guard
    from backtalk.channels.sent_replies import SentReplies
    from backtalk.channels.stored_turns import StoredTurns
    from backtalk.database import bring_up_to_date, open_database
    from backtalk.database_threads import DatabaseThreads
    from backtalk.engine.assistant import load_agent
    from backtalk.engine.quiet import quiet_rasa
    from backtalk.engine.topic_classifier import TopicClassifier
    from backtalk.engine.tracker_store import StoredConversations
    from backtalk.engine.triage_tagger import TriageTagger
    from backtalk.project import Project
    from backtalk.triage.assess import shipped_triage

    quiet_rasa()
    project, threads, spans = Project(project_folder), DatabaseThreads("database"), Spans()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/talk.db")
        bring_up_to_date(engine)
        store = StoredConversations(engine, threads)
        # Before the model is loaded: its graph takes these functions from their classes then.
        spans.time(TriageTagger, "process", "triage: judge with what is remembered")
        spans.time(TopicClassifier, "weigh", "understand: weigh the terms")
        spans.time(TopicClassifier, "process", "understand: decide")
        agent = load_agent(project, store)
        stored = StoredTurns(store, SentReplies(engine, b"k" * 32))
        guard = Guard(agent, project.clinic(), stored=stored, prepare=agent.prepare)
        processor: Any = agent.processor
        for owner, name, part in (
            (guard, "_in_turn", REST),
            (guard, "_begin", "read the conversation, and whether it was answered already"),
            (stored, "end", "store the turn and what was sent"),
            (shipped_triage(), "_examine", "triage: find red flags"),
            (processor, "parse_message", "wait for the encoder"),
            (processor, "_predict_next_with_tracker", "choose the action"),
            (processor, "_run_action", "run the action, fill the response"),
            (processor, "run_action_extract_slots", "slots"),
        ):
            spans.time(owner, name, part)
        turns = asyncio.run(_turns(guard, spans, texts))
        engine.dispose()
    parts = {part for turn in turns for part in turn}
    found = {part: statistics.median(turn.get(part, 0.0) for turn in turns) for part in parts}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


async def _turns(guard: Any, spans: Spans, texts: Iterator[str]) -> list[dict[str, float]]:
    turns: list[dict[str, float]] = []
    for number in range(WARM_UP + MEASURED):
        spans.spent.clear()
        sender = f"web-{number // TURNS}"
        await guard.answer(next(texts), sender=sender, channel="web", message_id=str(uuid.uuid4()))
        if number >= WARM_UP:
            turns.append(dict(spans.spent))
    return turns


if __name__ == "__main__":
    import uvloop

    uvloop.install()  # as Sanic does
    print(json.dumps(profile_turn(CACHE / "backtalk", itertools.cycle(sys.argv[1:]))))
