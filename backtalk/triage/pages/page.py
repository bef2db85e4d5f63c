"""One red flag as a page that a clinician can read and sign off."""

from __future__ import annotations

import re
from typing import Iterator, Sequence

from backtalk.triage.advice import AdviceTexts
from backtalk.triage.catalogue import Catalogue, Flag
from backtalk.triage.memory import COMPLAINT, COMPLAINT_MESSAGES, FACT
from backtalk.triage.pages.check_page import CheckPage
from backtalk.triage.pages.criteria import criteria, every_finding
from backtalk.triage.pages.examples import Example, Examples
from backtalk.triage.pages.findings import WHILE_THERE, Findings
from backtalk.triage.pages.reading import advice, first_advice, quoted
from backtalk.triage.pages.sign_off import sign_off_of
from backtalk.triage.people import OTHER

_MARKUP = re.compile(r"([\\`*_<>\[\]|])")


def signed_part(
    flag: Flag, catalogue: Catalogue, findings: Findings, texts: AdviceTexts, check: CheckPage
) -> str:
    """The part of a page that a signature covers: what counts, what is asked, what is said, and why."""
    return "\n\n".join(
        [
            f"# {flag.title}",
            f"**Tier: {flag.tier}.** Area: {flag.region}. The patient is told:",
            quoted(first_advice(flag, texts)),
            "## When it is met",
            criteria(flag, catalogue, findings),
            "## How long a finding counts when it is over",
            _lasting(flag, findings),
            *_remembered(flag, findings),
            "## Questions",
            "\n".join(_questions(flag, check)),
            "## What the patient reads",
            advice(flag, catalogue, findings, texts),
            "## Sources",
            "\n".join(f"- {source}" for source in flag.source),
        ]
    )


def page(signed: str, code: str, flag: Flag, findings: Findings, examples: Examples) -> str:
    """The whole page: the signed part, the wordings of today and the signature. Raises CatalogueError."""
    parts = [signed, "## Example messages", _examples(examples), *_cancelled(flag, findings)]
    parts += [
        "## Sign-off",
        f"This page is {sign_off_of(flag).in_words(code)}.",
        f"Page code: `{code}`",
    ]
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """A message with its markup characters made harmless."""
    return _MARKUP.sub(r"\\\1", text)


def _questions(flag: Flag, check: CheckPage) -> Iterator[str]:
    yield f"- When a message comes close: {flag.clarify}"
    asked = list(check.questions_for(flag))
    yield from (f"- In the [symptom check](symptom_check.md), {areas}: {asks}" for areas, asks in asked)
    if not asked:
        yield f"- The symptom check does not ask about it. A question is kept for that: {flag.screening}"


def _lasting(flag: Flag, findings: Findings) -> str:
    groups: dict[str, list[str]] = {}
    for name in findings.in_order(flag.features | flag.escalates_if):
        lasts = findings.lasts(name)
        if lasts:
            groups.setdefault(lasts, []).append(findings.title(name))
    usual = groups.pop(WHILE_THERE, [])
    lines = [f"- **{lasts}**: {'; '.join(titles)}" for lasts, titles in groups.items()]
    if usual:
        lines.append(f"- **{WHILE_THERE}**: {'every other finding' if lines else 'every finding'}")
    return "\n".join(lines)


def _remembered(flag: Flag, findings: Findings) -> Iterator[str]:
    names = findings.in_order(flag.features | flag.escalates_if)
    for kind, how_long in (
        (FACT, "the whole conversation"),
        (COMPLAINT, f"{COMPLAINT_MESSAGES} more messages"),
    ):
        told = "; ".join(findings.title(name) for name in names if findings.remembered(name) == kind)
        if told:
            yield f"Once told, these count for {how_long}: {told}."


def _cancelled(flag: Flag, findings: Findings) -> Iterator[str]:
    lines = []
    for name in every_finding(flag, findings):
        count, shown = findings.cancelled_by(name)
        if count:
            such = ", ".join(f"“{plain(one)}”" for one in shown)
            wordings = "1 wording" if count == 1 else f"{count} wordings"
            lines.append(f"- {findings.title(name)}: {wordings}{f', such as {such}' if such else ''}")
    if lines:
        yield "## Words that cancel a finding"
        yield "Close by, these show that something else is meant:\n\n" + "\n".join(lines)


def _examples(examples: Examples) -> str:
    return "\n\n".join(
        [
            "Each was checked when this page was made, with the rules alone. Of the "
            f"{examples.written} messages written for this sign the rules find {examples.found}; the "
            f"statistical detector is there for the others. Of {examples.near_misses} messages that only "
            f"come close, {examples.spared} do not raise it by the rules.",
            "These raise it:",
            _list([_shown(example) for example in examples.triggers]),
            "These raise no sign:",
            _list([f"“{plain(text)}”" for text in examples.quiet]),
        ]
    )


def _shown(example: Example) -> str:
    whom = ", about another person" if example.person == OTHER else ""
    return f"“{plain(example.text)}” ({example.tier}{whom})"


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {' '.join(item.split())}" for item in items)
