"""What the patient reads, word for word: each tier that a flag can have, by web and by SMS."""

from __future__ import annotations

import itertools
from typing import Iterator

from backtalk.triage.advice import OVERDOSE, SMS, AdviceTexts
from backtalk.triage.assess import Assessment
from backtalk.triage.catalogue import ROUTED, Catalogue, Flag
from backtalk.triage.pages.criteria import IN_A_SENTENCE
from backtalk.triage.pages.findings import Findings
from backtalk.triage.people import OTHER, SELF
from backtalk.triage.rules import Counted, flags_met

CHANNELS = {"web": "On the website", SMS: "By text message (SMS)"}
PEOPLE = {SELF: "for the person who writes", OTHER: "for somebody they write about"}


def first_advice(flag: Flag, texts: AdviceTexts) -> str:
    """What the patient is told to do, without the reasons: how the page begins."""
    assessment = _assessed(flag, flag.tier, SELF)
    if flag.tier in ROUTED:
        return texts.urgent(assessment, "web").split("\n\n")[0]
    return texts.soon(assessment, SMS)


def advice(flag: Flag, catalogue: Catalogue, findings: Findings, texts: AdviceTexts) -> str:
    """Every text of the flag as quotations under headings."""
    sections = list(_of_tier(flag, flag.tier, texts))
    if flag.escalates_to:
        shown = _shown_when_raised(flag, flag.escalates_to, catalogue, findings)
        if flag.id in shown:
            sections += _of_tier(flag, flag.escalates_to, texts)
        else:
            links = " or ".join(f"[{catalogue.flags[name].title}]({name}.md)" for name in shown)
            sections.append(
                f"### When it becomes {IN_A_SENTENCE[flag.escalates_to]}\n\n"
                f"Another sign is then always met too, and its text is shown: {links}."
            )
    return "\n\n".join(sections)


def quoted(text: str) -> str:
    """`text` as a quotation, a line as a paragraph."""
    return "\n>\n".join(f"> {line}" for line in text.splitlines() if line.strip())


def _of_tier(flag: Flag, tier: str, texts: AdviceTexts) -> Iterator[str]:
    when = "" if tier == flag.tier else f", when it becomes {IN_A_SENTENCE[tier]}"
    for channel, where in CHANNELS.items():
        if tier not in ROUTED:
            text = texts.soon(_assessed(flag, tier, SELF), channel)
            yield f"### {where}{when}, below the normal answer, whoever it is about\n\n{quoted(text)}"
            continue
        for person, whom in PEOPLE.items():
            text = texts.urgent(_assessed(flag, tier, person), channel)
            yield f"### {where}{when}, {whom}\n\n{quoted(text)}"


def _assessed(flag: Flag, tier: str, person: str) -> Assessment:
    return Assessment(tier=tier, flags=(flag.id,), tiers={flag.id: tier}, person=person)


def _shown_when_raised(flag: Flag, tier: str, catalogue: Catalogue, findings: Findings) -> list[str]:
    """The flags, in order, whose text is shown in one or another case in which `flag` is raised to `tier`."""
    shown = {_leading(told, tier, catalogue, findings) for told in _raising(flag)}
    return [name for name in catalogue.flags if name in shown]


def _raising(flag: Flag) -> Iterator[frozenset[str]]:
    """Every smallest set of findings that meets the flag and raises its tier."""
    for way, extra in itertools.product(flag.ways, sorted(flag.escalates_if)):
        for some in itertools.combinations(sorted(way.any_of), way.least):
            yield way.all_of | {*some, extra}


def _leading(told: frozenset[str], tier: str, catalogue: Catalogue, findings: Findings) -> str:
    """The flag whose text goes with these findings; the same choice as in Triage.assess and AdviceTexts."""
    counted = [Counted(name, SELF, (0, 0)) for name in findings.with_included(told)]
    met = flags_met(catalogue, counted, frozenset())
    highest = [name for name, (its_tier, _) in met.items() if its_tier == tier]
    return OVERDOSE if tier == "crisis" and OVERDOSE in highest else highest[0]
