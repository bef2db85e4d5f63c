"""`backtalk review`: what people have to look at. Each part is a module of its own, `review_<part>.py`."""

from __future__ import annotations

import argparse
import importlib
from types import ModuleType

PARTS = {
    "flags": "count which red flags were noticed, and what was shown",
    "clinical": "write a page for each red flag, for a clinician to read and sign off",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    for name, summary in PARTS.items():
        _module(name).add_arguments(
            parts.add_parser(name, help=summary, description=summary.capitalize() + ".")
        )


def run(options: argparse.Namespace) -> int:
    return int(_module(options.part).run(options))


def _module(part: str) -> ModuleType:
    return importlib.import_module(f"backtalk.commands.review_{part}")
