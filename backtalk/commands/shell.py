"""`backtalk shell`: clinic staff talk to the assistant as a patient would, and see why it answers."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import Any

from backtalk.errors import CommandError
from backtalk.project import Project

_INTRO = (
    "Backtalk shell: type a patient's message as it would reach the {channel} channel. "
    "{stored} Commands: /why /restart /channel web|sms /quit"
)
_HELP = "Commands: /why (how the last message was understood), /restart, /channel web|sms, /quit"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--channel", choices=("web", "sms"), default="web")
    parser.add_argument(
        "--audit",
        action="store_true",
        help="store triage events, as a served channel does (see 'backtalk review flags')",
    )


def run(options: argparse.Namespace) -> int:
    from backtalk.commands.loading import ready_assistant

    audit = _open_audit() if options.audit else None
    assistant = ready_assistant(Project(options.project.resolve()))
    return asyncio.run(_Session(assistant, options.channel, audit).run())


def _open_audit() -> Any:
    from backtalk.audit.triage_event import TriageLog
    from backtalk.database import DatabaseError, bring_up_to_date, database_url, open_database
    from backtalk.triage.assess import shipped_triage

    key = os.environ.get("BACKTALK_SECRET_KEY")
    if not key:
        raise CommandError("--audit needs BACKTALK_SECRET_KEY: senders are stored as a keyed hash. Set it.")
    try:
        engine = open_database(database_url())
        bring_up_to_date(engine)
    except DatabaseError as error:
        raise CommandError(str(error)) from error
    return TriageLog(engine, key.encode(), shipped_triage().catalogue.version)


class _Session:
    def __init__(self, assistant: Any, channel: str, audit: Any) -> None:
        from backtalk.conversation import Conversation

        self._assistant = assistant
        self._audit = audit
        self._conversation = Conversation(assistant, channel, audit)
        self._turn: Any = None
        self._is_terminal = sys.stdin.isatty()
        self._dim = ("\x1b[2m", "\x1b[0m") if sys.stdout.isatty() else ("", "")

    async def run(self) -> int:
        stored = "Triage events are stored, without texts." if self._audit else "Nothing is stored."
        stored += " A request for a visit made here reaches nobody."
        self._note(_INTRO.format(channel=self._conversation.channel, stored=stored))
        while True:
            try:
                line = input("\n> ")
            except EOFError:
                print()
                return 0
            except KeyboardInterrupt:
                self._note("\n(to leave, type /quit or press Ctrl-D)")
                continue
            if not self._is_terminal:
                print(line)  # so that a piped conversation reads as one
            if line.startswith("/"):
                if self._obey(line.split()):
                    return 0
                continue
            await self._say(line)

    async def _say(self, line: str) -> None:
        from backtalk.channels.terminal import render

        self._turn = await self._conversation.say(self._pressed(line))
        print(render(self._turn.replies, self._conversation.channel))
        await self._conversation.drained()
        self._note(_summary(self._turn))

    def _pressed(self, line: str) -> str:
        """What the button with the typed number says; `line` itself where there is none.

        By SMS the patient sees and sends numbers; on the web they press buttons.
        """
        shown = [button for reply in self._turn.replies for button in reply.buttons] if self._turn else []
        number = line.strip()
        if (
            self._conversation.channel == "sms"
            or not number.isdecimal()
            or not 1 <= int(number) <= len(shown)
        ):
            return line
        return str(shown[int(number) - 1].title)

    def _obey(self, words: list[str]) -> bool:
        """Carry out a command; True means leave."""
        command, arguments = words[0], words[1:]
        if command in ("/quit", "/exit"):
            return True
        if command == "/restart":
            self._start(self._conversation.channel)
            self._note("(a new conversation)")
        elif command == "/channel" and arguments in (["web"], ["sms"]):
            self._start(arguments[0])
            self._note(f"(a new conversation, shown as {arguments[0]})")
        elif command == "/why":
            self._note(_why(self._turn) if self._turn else "(nothing was said yet)")
        else:
            self._note(_HELP)
        return False

    def _start(self, channel: str) -> None:
        from backtalk.conversation import Conversation

        self._conversation.forget()
        self._conversation = Conversation(self._assistant, channel, self._audit)
        self._turn = None

    def _note(self, text: str) -> None:
        print(f"{self._dim[0]}{text}{self._dim[1]}")


def _summary(turn: Any) -> str:
    said = " + ".join(turn.topics) or turn.outcome
    others = ", ".join(f"{name} {p:.2f}" for name, p in turn.ranking if name != turn.intent)[:90]
    flags = f" ({', '.join(turn.red_flags)})" if turn.red_flags else ""
    lines = [
        f"[{said} {turn.confidence:.2f} | next: {others or '-'} | urgency: {turn.urgency}{flags} | "
        f"{turn.milliseconds:.0f} ms]"
    ]
    found = _findings(turn)
    return "\n".join([*lines, *([f"[findings: {'; '.join(found)}]"] if found else [])])


def _findings(turn: Any) -> list[str]:
    """Each feature found, once for each assertion."""
    rows = turn.triage.get("findings", ())
    return sorted(
        {f"{name} {status}{'' if who == 'self' else f' ({who})'}" for name, _, _, status, who, _ in rows}
    )


def _why(turn: Any) -> str:
    understood = turn.understanding
    lines = [
        f"outcome: {turn.outcome}, found by: {understood.get('via', '-')}",
        f"intent: {turn.intent} ({turn.confidence:.2f})",
        *(f"  {p:.2f}  {name}" for name, p in turn.ranking),
    ]
    lines += [f"answer: data/topics/{topic}.yml" for topic in turn.topics]
    lines += [f"offered: {', '.join(turn.choices)}"] if turn.choices else []
    lines += [f"red flag: {flag} ({tier})" for flag, tier in turn.triage.get("tiers", {}).items()]
    for name, words, pattern, status, who, cue in turn.triage.get("findings", ()):
        why = f" because of '{cue}'" if cue else ""
        lines.append(f'  {name}: "{words}" by the pattern "{pattern}": {status}{why}, {who}')
    return "\n".join(lines)
