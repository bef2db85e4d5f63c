"""The criteria of a flag as sentences and lists, so that nobody has to read YAML."""

from __future__ import annotations

from typing import Iterable, Iterator

from backtalk.triage.catalogue import Catalogue, Flag, Way
from backtalk.triage.pages.findings import NUMBERS, Findings

IN_A_SENTENCE = {"urgent": "urgent", "emergency": "an emergency", "crisis": "a crisis"}
_COUNTS = {1: "one", 2: "two", 3: "three", 4: "four"}


def criteria(flag: Flag, catalogue: Catalogue, findings: Findings) -> str:
    """What has to be told for the flag to be met, what raises its tier, and what prevents it."""
    blocks = [_ways(flag, findings)]
    if flag.escalates_to:
        blocks.append(
            f"It becomes **{IN_A_SENTENCE[flag.escalates_to]}** if at least one of these is told as well:\n\n"
            + _list(flag.escalates_if, findings)
        )
    if flag.exclude:
        blocks.append(
            "A finding does not count if one of these explains it in the same sentence:\n\n"
            + _list(flag.exclude, findings)
        )
    if flag.not_with:
        others = sorted(flag.not_with, key=list(catalogue.flags).index)
        links = "\n".join(f"- [{catalogue.flags[other].title}]({other}.md)" for other in others)
        blocks.append(f"It is left out if one of these signs is met, as their advice fits better:\n\n{links}")
    numbers = list(_numbers(flag, findings))
    if numbers:
        blocks.append("Numbers in a message are read as follows:\n\n" + "\n".join(numbers))
    return "\n\n".join(blocks)


def every_finding(flag: Flag, findings: Findings) -> list[str]:
    """All findings that the flag names, in any role, in order."""
    return findings.in_order(flag.features | flag.escalates_if | flag.exclude)


def _ways(flag: Flag, findings: Findings) -> str:
    if len(flag.ways) == 1:
        return _way(flag.ways[0], findings)
    several = [f"**Way {n}.** {_way(way, findings)}" for n, way in enumerate(flag.ways, start=1)]
    return "\n\n".join([f"There are {len(flag.ways)} ways to meet it. Any one is enough.", *several])


def _way(way: Way, findings: Findings) -> str:
    parts = []
    if way.all_of:
        told = "This is told" if len(way.all_of) == 1 else "All of these are told"
        parts.append(f"{told}:\n\n{_list(way.all_of, findings)}")
    if way.any_of:
        least = _COUNTS.get(way.least, str(way.least))
        start = "and at" if way.all_of else "At"
        verb = "is" if way.least == 1 else "are"
        parts.append(f"{start} least {least} of these {verb} told:\n\n{_list(way.any_of, findings)}")
    return "\n\n".join(parts)


def _list(names: Iterable[str], findings: Findings) -> str:
    return "\n".join(f"- {findings.title(name)}" for name in findings.in_order(names))


def _numbers(flag: Flag, findings: Findings) -> Iterator[str]:
    for name in every_finding(flag, findings):
        if name in NUMBERS:
            yield f"- {findings.title(name)}: {NUMBERS[name]}"
