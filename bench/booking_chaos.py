"""Does a request survive a server that is killed? `python bench/booking_chaos.py [--rounds 20]`.

Each round, 100 patients ask for an appointment at once, over the web channel, and the server is killed with
-9 at a random moment and started again. A patient sends a message again, with the same id, until there is an
answer, as the chat widget does. A receiver verifies each webhook and drops ids that it has had. At the end:

1. every request whose reference a patient was told is in the database,
2. and has reached the receiver,
3. and nothing reached it twice after it dropped repeated ids.

The last line of output is JSON. Exit code 0 only if all three hold and every patient was told a reference.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from standardwebhooks import Webhook

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "web"), str(ROOT / "tests" / "booking")]

from front_office import project_that_delivers_to  # noqa: E402

SECRET = "whsec_" + "A" * 43 + "="
START_SECONDS = 120
MOST_MESSAGES = 40
MESSAGES_EACH = 12
# What a patient answers to which question; the first that is in the reply counts.
ANSWERS = (
    ("Shall I send this", "yes"),
    ("come for?", "physiotherapy"),
    ("Where is the trouble?", "back"),
    ("been with us before?", "no"),
    ("May I keep your answers", "yes"),
    ("What is your name?", "{name}"),
    ("Which phone number", "{phone}"),
    ("call you or text you?", "text"),
    ("leave a voicemail", "yes"),
    ("days and times", "tues after 4"),
    ("team should know", "nothing needed"),
    ("What should I change", "nothing"),
    ("try again", "yes"),
)
OPENING = "book me in please"


class Receiver:
    """A clinic's program: verifies each webhook, and keeps each id once."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.repeats = 0
        self.refused = 0

    async def start(self) -> str:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/hook"

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            event = Webhook(SECRET).verify(body, dict(request.headers))
        except Exception:
            self.refused += 1
            return web.Response(status=400)
        key = request.headers["webhook-id"]
        if key in self.kept:
            self.repeats += 1
        self.kept[key] = event["data"]["reference"]
        return web.Response(status=204)


class Victim:
    """The server, killed and started again on the same port."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._folder = folder
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.is_up = asyncio.Event()

    async def start(self) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("BACKTALK_")}
        log = (self._folder / "server.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backtalk.cli", "serve", "--port", str(self.port)],
            cwd=self._folder, env={**kept, "PYTHONPATH": str(ROOT), **self._settings}, stdout=log, stderr=log,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        seen = (self._folder / "server.log").stat().st_size
        while True:
            said = (self._folder / "server.log").read_bytes()[seen:].decode(errors="replace")
            ready = re.search(r"Backtalk is ready: http://localhost:(\d+)/", said)
            if ready:
                self.port = int(ready[1])
                self.is_up.set()
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the server did not start:\n{said[-2000:]}")
            await asyncio.sleep(0.05)

    def kill(self) -> None:
        assert self._process
        self.is_up.clear()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        assert self._process
        self._process.terminate()
        self._process.wait(30)


@dataclass
class Told:
    """What patients were told, and how their messages fared."""

    references: list[str] = field(default_factory=list)
    messages: int = 0
    sent_again: int = 0
    gave_up: Counter[str] = field(default_factory=Counter)


async def patient(number: int, victim: Victim, http: aiohttp.ClientSession, told: Told, think: float) -> None:
    """One patient, from the first message to the reference."""
    token = (await _post(victim, http, "/session", {}, {}, told))["token"]
    # Names are spelt by letters: the form takes no digits for one.
    name = "Pat " + "".join("abcdefghij"[int(digit)] for digit in f"{number:05}").title()
    phone = f"+1202555{number % 100 + 100:04}"
    text = OPENING
    for _ in range(MOST_MESSAGES):
        await asyncio.sleep(random.uniform(0, think))
        message = {"text": text, "message_id": str(uuid.uuid4())}
        answer = await _post(victim, http, "/messages", message, {"Authorization": f"Bearer {token}"}, told)
        said = "\n".join(reply["text"] for reply in answer["replies"])
        reference = re.search(r"reference \**(BT-[0-9A-Z]+)", said)
        if reference:
            told.references.append(reference[1])
            return
        text = next((reply for question, reply in ANSWERS if question in said), OPENING)
        text = text.format(name=name, phone=phone)
    told.gave_up[said[:80]] += 1


async def _post(
    victim: Victim, http: aiohttp.ClientSession, path: str, body: Any, headers: Any, told: Told
) -> Any:
    """Send until there is an answer, as a widget does; the same message id makes that safe."""
    told.messages += 1
    while True:
        await victim.is_up.wait()
        try:
            url = f"http://127.0.0.1:{victim.port}/webhooks/web{path}"
            async with http.post(url, json=body, headers=headers) as answer:
                if answer.status == 200:
                    return await answer.json()
                if answer.status not in (429, 503):
                    raise SystemExit(f"{path} answered {answer.status}: {await answer.text()}")
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            pass
        told.sent_again += 1
        await asyncio.sleep(random.uniform(0.05, 0.3))


async def one_round(number: int, options: argparse.Namespace, victim: Victim, told: Told) -> None:
    patients = options.patients
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(20)) as http:
        talking = [
            asyncio.create_task(patient(one, victim, http, told, options.think))
            for one in range(number * patients, (number + 1) * patients)
        ]
        # At a random message rather than second, so that slow machines are killed in the middle too.
        fatal = told.messages + random.randint(1, patients * MESSAGES_EACH)
        while told.messages < fatal and not all(task.done() for task in talking):
            await asyncio.sleep(0.002)
        await asyncio.sleep(random.uniform(0, 0.3))
        victim.kill()
        await victim.start()
        await asyncio.gather(*talking)


async def run(options: argparse.Namespace, folder: Path) -> int:
    receiver, told = Receiver(), Told()
    hook = await receiver.start()
    settings = {
        "BACKTALK_DATABASE_URL": options.database or f"sqlite:///{folder / 'chaos.db'}",
        "BACKTALK_SECRET_KEY": "a key of at least 32 characters, for chaos",
        "BACKTALK_WEBHOOK_SECRET": SECRET,
        "BACKTALK_SESSION_RATE": "off",
        "BACKTALK_ADDRESS_RATE": "off",
    }
    project_that_delivers_to(hook, folder)
    victim = Victim(folder, settings)
    await victim.start()
    started = time.monotonic()
    for number in range(options.rounds):
        await one_round(number, options, victim, told)
        print(f"round {number + 1}: told {len(told.references)}, kept {len(receiver.kept)}", flush=True)
    stored = _stored(settings, folder)
    # What was under way at a kill is delivered when its lease, a minute, has run out.
    deadline = time.monotonic() + 120
    while set(stored) - set(receiver.kept.values()) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    victim.stop()
    twice = [reference for reference, times in Counter(receiver.kept.values()).items() if times > 1]
    result = {
        "rounds": options.rounds,
        "patients": options.rounds * options.patients,
        "told": len(told.references),
        "told_but_not_stored": len(set(told.references) - set(stored)),
        "stored": len(stored),
        "stored_but_not_delivered": len(set(stored) - set(receiver.kept.values())),
        "told_but_not_delivered": len(set(told.references) - set(receiver.kept.values())),
        "delivered_twice_by_id": len(twice),
        "repeats_dropped_by_id": receiver.repeats,
        "bad_signatures": receiver.refused,
        "messages": told.messages,
        "sent_again": told.sent_again,
        "gave_up": dict(told.gave_up),
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(result))
    wrong = ("told_but_not_stored", "stored_but_not_delivered", "told_but_not_delivered")
    wrong += ("delivered_twice_by_id", "bad_signatures", "gave_up")
    return 1 if any(result[name] for name in wrong) or result["told"] != result["patients"] else 0


def _stored(settings: dict[str, str], folder: Path) -> list[str]:
    from backtalk.booking.parts import booking_parts
    from backtalk.booking.state import State
    from backtalk.database import open_database
    from backtalk.project import Project
    from backtalk.settings import server_settings

    read = server_settings("localhost", settings)
    parts = booking_parts(open_database(read.database_url), read, Project(folder).clinic())
    return [one.reference for one in parts.requests.listing(states=tuple(State), limit=1_000_000)]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--patients", type=int, default=100)
    parser.add_argument("--think", type=float, default=6, help="most seconds between a reply and a message")
    parser.add_argument("--database", help="a PostgreSQL URL (default: a SQLite file)")
    with tempfile.TemporaryDirectory(prefix="backtalk-chaos-") as folder:
        return asyncio.run(run(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
