"""The examples of the topic files, cut into what every assistant learns and what it is then asked."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

TENTH = 10
_SEED = 7
Example = tuple[str, str]


@dataclass(frozen=True)
class Split:
    """Pairs of text and intent. `held_out` is a tenth of each topic's examples, drawn by a fixed seed."""

    learnt: tuple[Example, ...]
    held_out: tuple[Example, ...]

    @property
    def intents(self) -> list[str]:
        return sorted({intent for _, intent in self.learnt})


def topic_files(data: Path) -> list[Path]:
    return sorted((data / "topics").rglob("*.yml"))


def lines_of(block: str) -> list[str]:
    """The examples in a block of Rasa's NLU format."""
    return [line[2:].strip() for line in block.splitlines() if line.startswith("- ")]


def split_examples(data: Path) -> Split:
    """The same split for the same content."""
    learnt: list[Example] = []
    held_out: list[Example] = []
    for file in topic_files(data):
        for entry in _read(file).get("nlu") or ():
            intent, lines = entry["intent"], lines_of(entry["examples"])
            drawn = set(random.Random(f"{_SEED} {intent}").sample(lines, len(lines) // TENTH))
            learnt += [(line, intent) for line in lines if line not in drawn]
            held_out += [(line, intent) for line in lines if line in drawn]
    return Split(tuple(learnt), tuple(held_out))


def without(file: Path, drop: Callable[[str], bool]) -> str:
    """The topic file's content without the examples that `drop` names."""
    content = _read(file)
    for entry in content.get("nlu") or ():
        entry["examples"] = "".join(f"- {line}\n" for line in lines_of(entry["examples"]) if not drop(line))
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
