"""`backtalk ask`: one question, or a file of them, through the whole engine."""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import json
import sys
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence, TextIO

from backtalk.errors import CommandError
from backtalk.project import Project

FIELDS = (
    "id", "outcome", "topic", "topics", "intent", "confidence", "urgency", "red_flags", "asked",
    "choices", "reply", "ms",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", help="the question")
    parser.add_argument("--channel", choices=("web", "sms"), default="web")
    parser.add_argument("--json", action="store_true", help="one JSON line instead of the reply")
    parser.add_argument(
        "--batch",
        type=Path,
        metavar="FILE",
        help="JSONL or CSV with id, text and, if wanted, context; '-' for standard input",
    )
    parser.add_argument("--csv", action="store_true", help="with --batch: write CSV, not JSONL")


def run(options: argparse.Namespace) -> int:
    if (options.text is None) == (options.batch is None):
        raise CommandError("give one question in quotes, or --batch FILE.")
    if options.csv and not options.batch:
        raise CommandError("--csv needs --batch FILE. For one question use --json.")
    rows = _read_rows(options.batch) if options.batch else [{"id": None, "text": options.text}]

    from backtalk.commands.loading import ready_assistant

    assistant = ready_assistant(Project(options.project.resolve()))
    if options.batch:
        asyncio.run(_answer_all(assistant, rows, options))
    else:
        asyncio.run(_answer_one(assistant, options))
    return 0


async def _answer_one(assistant: Any, options: argparse.Namespace) -> None:
    from backtalk.channels.terminal import render
    from backtalk.conversation import Conversation

    turn = await Conversation(assistant, options.channel).say(options.text)
    if options.json:
        print(json.dumps(_result(None, turn, options.channel), ensure_ascii=False))
    else:
        print(render(turn.replies, options.channel))


async def _answer_all(assistant: Any, rows: Sequence[Mapping[str, Any]], options: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.progress import track

    from backtalk.conversation import Conversation

    write = _csv_writer(sys.stdout) if options.csv else _jsonl_writer(sys.stdout)
    console = Console(stderr=True)
    shown: Any = (
        track(rows, description="Asking", console=console, transient=True) if sys.stderr.isatty() else rows
    )
    for row in shown:
        conversation = Conversation(assistant, options.channel)
        for earlier in _context(row):
            await conversation.say(earlier)
        turn = await conversation.say(row["text"])
        conversation.forget()
        write(_result(row["id"], turn, options.channel))


def _result(row_id: Any, turn: Any, channel: str) -> dict[str, Any]:
    from backtalk.channels.terminal import sms_text

    shown = [sms_text(reply) if channel == "sms" else reply.text for reply in turn.replies]
    return {
        "id": row_id,
        "outcome": turn.outcome,
        "topic": turn.topics[0] if turn.topics else None,
        "topics": turn.topics,
        "intent": turn.intent,
        "confidence": round(turn.confidence, 4),
        "urgency": turn.urgency,
        "red_flags": turn.red_flags,
        "asked": turn.asked,
        "choices": turn.choices,
        "reply": shown,
        "ms": round(turn.milliseconds, 2),
    }


def _jsonl_writer(out: TextIO) -> Any:
    def write(result: Mapping[str, Any]) -> None:
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()

    return write


def _csv_writer(out: TextIO) -> Any:
    writer = csv.writer(out)
    writer.writerow(FIELDS)

    def write(result: Mapping[str, Any]) -> None:
        writer.writerow(
            ["\n".join(v) if isinstance(v, list) else "" if v is None else v for v in
             (result[field] for field in FIELDS)]
        )  # fmt: skip
        out.flush()

    return write


def _context(row: Mapping[str, Any]) -> list[str]:
    context = row.get("context")
    if not context:
        return []
    return [context] if isinstance(context, str) else list(context)


def _read_rows(file: Path) -> list[dict[str, Any]]:
    """Every row of a JSONL or CSV file, checked before anything is asked."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        text = content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise CommandError(f"{file} does not exist. Give a JSONL or CSV file.") from error
    except IsADirectoryError as error:
        raise CommandError(f"{file} is a folder. Give a JSONL or CSV file.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text. Save it as UTF-8 first.") from error
    is_piped_csv = str(file) == "-" and text.lstrip()[:1] not in ("{", "")
    is_csv = file.suffix.lower() == ".csv" or is_piped_csv
    source = io.StringIO(text, newline="")
    return list(_csv_rows(file, source) if is_csv else _jsonl_rows(file, source))


def _jsonl_rows(file: Path, source: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CommandError(
                f'{file}:{number}: not JSON ({error.msg}). Write one object a line: {{"id": 1, "text": "…"}}.'
            ) from error
        yield _checked(file, number, row)


def _csv_rows(file: Path, source: TextIO) -> Iterator[dict[str, Any]]:
    reader = csv.DictReader(source)
    if not reader.fieldnames or not {"id", "text"} <= set(reader.fieldnames):
        raise CommandError(f"{file}:1: the first line must name the columns id and text.")
    try:
        for row in reader:
            yield _checked(file, reader.line_num, row)
    except csv.Error as error:
        raise CommandError(f"{file}:{reader.line_num + 1}: not CSV ({error}). Mend that line.") from error


def _checked(file: Path, number: int, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
        raise CommandError(f'{file}:{number}: needs "id" and a text under "text".')
    context = row.get("context")
    listed = isinstance(context, list) and all(isinstance(item, str) for item in context)
    if context is not None and not isinstance(context, str) and not listed:
        raise CommandError(f'{file}:{number}: "context" must be a message or a list of messages.')
    return row
