"""Example messages of a flag, each of them checked: one that does not behave is not shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Sequence

from backtalk.triage.assess import Assessment, Triage
from backtalk.triage.catalogue import read_yaml

SHOWN = 8


@dataclass(frozen=True)
class Example:
    """A message that raises the flag, the tier that it gets, and whose sign it is."""

    text: str
    tier: str
    person: str


@dataclass(frozen=True)
class Examples:
    """At most SHOWN messages of each kind, and how many of all written ones behave in that way.

    `quiet` messages raise no flag at all; `spared` counts those that do not raise this one.
    """

    triggers: Sequence[Example]
    quiet: Sequence[str]
    found: int
    written: int
    spared: int
    near_misses: int


def checked_examples(triage: Triage, flag_id: str, file: Path) -> Examples:
    """The examples of a flag from its file of phrases.

    The choice depends on nothing but the messages: each has a place in an order that looks like chance.
    Raises CatalogueError if the file cannot be read.
    """
    phrases = read_yaml(file)
    affirmed = _shuffled(phrases.get("affirmed") or ())
    near = _shuffled(phrases.get("near_miss") or ())
    assessed = [(text, triage.assess(text)) for text in affirmed]
    raised = [_example(text, flag_id, result) for text, result in assessed if flag_id in result.flags]
    spared = [(text, result) for text in near if flag_id not in (result := triage.assess(text)).flags]
    return Examples(
        triggers=_varied(raised)[:SHOWN],
        quiet=[text for text, result in spared if result.tier == "none"][:SHOWN],
        found=len(raised),
        written=len(affirmed),
        spared=len(spared),
        near_misses=len(near),
    )


def _example(text: str, flag_id: str, result: Assessment) -> Example:
    return Example(text, result.tiers[flag_id], result.person)


def _shuffled(texts: Iterable[str]) -> list[str]:
    """In the order of a hash: a sample that nobody picked, and that one new message barely changes."""
    return sorted(dict.fromkeys(texts), key=lambda text: hashlib.sha256(text.encode("utf-8")).digest())


def _varied(examples: Sequence[Example]) -> list[Example]:
    """One of each tier and person first, then the others."""
    firsts = {(one.tier, one.person): one for one in reversed(examples)}
    chosen = [one for one in examples if one in firsts.values()]
    return chosen + [one for one in examples if one not in chosen]
