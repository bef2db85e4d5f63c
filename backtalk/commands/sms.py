"""`backtalk sms`: a phone in the terminal that texts a running server, as Twilio would."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Iterable, Iterator, Mapping

from backtalk.errors import CommandError

if TYPE_CHECKING:
    from backtalk.channels.sms_webhook_client import TextReply, TwilioAccount, WebhookError

VARIABLES = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER", "BACKTALK_PUBLIC_URL")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_URL = re.compile(r"https?://[^/\s]+/?")
_DIFFERS = {
    "bad_signature": "TWILIO_AUTH_TOKEN or BACKTALK_PUBLIC_URL differs from the server's",
    "wrong_account": "TWILIO_ACCOUNT_SID differs from the server's",
    "wrong_number": "TWILIO_NUMBER is not one of the server's",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default="http://localhost:5005", help="the server (default: %(default)s)")
    parser.add_argument(
        "--from", dest="sender", default="+12025550199", metavar="NUMBER",
        help="the phone that texts (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--whatsapp", action="store_true", help="text through WhatsApp")
    parser.add_argument(
        "--script", metavar="FILE",
        help="send this file, one text a line; '#' begins a comment; '-' for standard input",
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_true",
        help="one JSON object for each text; without --script, they come from standard input",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    account = _account(os.environ)
    if not _PHONE.fullmatch(options.sender):
        raise CommandError(f"--from {options.sender} is no phone number. Write it as +12025550199.")
    if not _URL.fullmatch(options.url):
        raise CommandError(f"--url {options.url} is no address. Write it as http://localhost:5005.")
    scripted = options.script is not None or options.json
    texts = _script(options.script or "-") if scripted else _typed(options)
    _text(account, options, texts, echo=scripted)
    return 0


def _account(environment: Mapping[str, str]) -> TwilioAccount:
    values = {name: environment.get(name, "").strip() for name in VARIABLES}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise CommandError(
            f"{', '.join(missing)} not set. Use the values of the server; docs/sms.md has some to try with."
        )
    from backtalk.channels.sms_webhook_client import TwilioAccount

    sid, token, numbers, public_url = values.values()
    return TwilioAccount(sid, token, numbers.split(",")[0].strip(), public_url.rstrip("/").lower())


def _text(account: TwilioAccount, options: argparse.Namespace, texts: Iterable[str], *, echo: bool) -> None:
    from rich.console import Console

    from backtalk.channels.sms_webhook_client import WebhookError, send_text, text_fields
    from backtalk.commands.sms_bubbles import show_reply, show_sent

    console = Console(highlight=False)
    sender = f"whatsapp:{options.sender}" if options.whatsapp else options.sender
    for text in texts:
        if echo and not options.json:
            show_sent(console, text)
        try:
            reply = send_text(account, options.url, text_fields(account, sender, text))
        except WebhookError as error:
            raise CommandError(_why(error)) from error
        if options.json:
            print(json.dumps(_as_object(text, reply), ensure_ascii=False), flush=True)
        else:
            show_reply(console, reply)


def _script(name: str) -> Iterator[str]:
    try:
        whole = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} is not UTF-8 text. Save it as UTF-8.") from error
    for line in whole.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def _typed(options: argparse.Namespace) -> Iterator[str]:
    print(f"{options.sender} texts {options.url}. Write a text and press Enter; /quit or Ctrl-D ends.")
    while True:
        try:
            text = input("> ")
        except EOFError:
            print()
            return
        if text.strip() == "/quit":
            return
        if text.strip():
            yield text


def _as_object(text: str, reply: TextReply) -> dict[str, object]:
    from backtalk.content.sms_parts import segments

    sizes = [segments(message) for message in reply.messages]
    return {
        "text": text,
        "messages": list(reply.messages),
        "parts": sum(size.parts for size in sizes),
        "characters": sum(size.characters for size in sizes),
        "encoding": "UCS-2" if any(size.encoding == "UCS-2" for size in sizes) else "GSM-7",
        "ms": round(reply.ms, 1),
    }


def _why(error: WebhookError) -> str:
    if error.status is None:
        return f"{error} Is the server started? --url says where it is."
    if error.status == 404:
        return f"the server takes no texts. Start it with {', '.join(VARIABLES)} set."
    if error.status == 403:
        differs = _DIFFERS.get(error.code, f"a setting differs from the server's ({error})")
        return f"the server refused the text: {differs}. Set the same for both."
    return f"the server answered with status {error.status}: {error}"
