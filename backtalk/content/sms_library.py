"""Every text that we wrote for SMS, as it stands in the files, with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping

from backtalk.content.lined_yaml import parsed
from backtalk.content.sms_texts import FILE, LONGEST
from backtalk.content.task_texts import MOMENT
from backtalk.content.topic_file import Topic
from backtalk.triage.advice import OVERDOSE, AdviceTexts
from backtalk.triage.assess import Assessment
from backtalk.triage.catalogue import ROUTED, Catalogue, read_yaml
from backtalk.triage.people import OTHER, SELF

_FACT = re.compile(r"<([a-z_]+)>")
_LONGEST_MONTH = "September 2026"
_TITLE = "x" * 32


class Kind(str, Enum):
    """What a text is, as the report names it."""

    ANSWER = "answers"
    SIMPLE = "answers in simpler words"
    CONVERSATION = "other replies"
    CHANNEL = "notices, keywords and menu"
    URGENT = "urgent texts"
    AROUND = "lines and questions of triage"


@dataclass(frozen=True)
class SpokenText:
    """One text as sent, but for the clinic's facts, which stay `{placeholders}`.

    `written` is the text as it stands in the file, if it holds more that is filled in.
    """

    kind: Kind
    name: str
    file: Path
    line: int
    text: str
    written: str | None = None


def topic_texts(topics: Iterable[Topic]) -> Iterator[SpokenText]:
    """The sms and simple answers."""
    for topic in topics:
        for variant, kind in (("sms", Kind.ANSWER), ("simple", Kind.SIMPLE)):
            if variant in topic.answers:
                answer = topic.answers[variant]
                yield SpokenText(kind, topic.id, topic.file, answer.line, answer.text)


def conversation_texts(data: Path, source_line: str) -> Iterator[SpokenText]:
    """What is said between answers, in the variant SMS gets, with the longest that can stand in each text.

    `source_line` is the longest list of sources. Two things that a patient is unsure of are filled in: where
    there are more, the text may need a second page, and the action stands before them. Raises KeyError or
    TypeError for a file without its form.
    """
    screening: Any = read_yaml(data / "triage" / "screening.yml")
    for file in sorted((data / "conversation").glob("*.yml")):
        document: Any = parsed(file.read_text(encoding="utf-8"))
        for name, variants in (document.get("responses") or {}).items():
            spoken = next((v for v in variants if v.get("channel") == "sms"), variants[0])
            longest = _longest_of_the_moment(name, screening, source_line)
            written = str(spoken["text"]).strip()
            text = written
            for placeholder, value in longest.items():
                text = text.replace(f"{{{placeholder}}}", value)
            more = written if text != written else None
            yield SpokenText(Kind.CONVERSATION, name, file, spoken.lc.line + 1, text, more)


def _longest_of_the_moment(name: str, check: Any, source_line: str) -> dict[str, str]:
    if name.startswith(("utter_booking", "utter_erase")):
        return MOMENT  # the questions that are filled in are measured there
    if not name.startswith("utter_screening"):
        return {"title": _TITLE, "source_line": source_line, "checked": _LONGEST_MONTH}
    asked = check["questions"]
    said = sorted((question["says"] for question in asked.values()), key=len)[-2:]
    return {
        "lead": max(check["leads"].values(), key=len),
        "asks": max((question["asks"] for question in asked.values()), key=len),
        "unsure": "; and about ".join(said),
        "also_tell": max((region["also_tell"] for region in check["regions"].values()), key=len),
        "number": "7",
        "total": str(check["most_questions"]),
    }


def channel_texts(data: Path) -> Iterator[SpokenText]:
    """What the text channel itself says; MENU with its lines. Raises KeyError or TypeError as above."""
    file = data / FILE
    document: Any = parsed(file.read_text(encoding="utf-8"))
    texts = document["texts"]
    for name, written in texts.items():
        text = str(written)
        for placeholder, value in LONGEST.items():
            text = text.replace(f"{{{placeholder}}}", value)
        if name == "menu":
            lines = [f"{n} {item['title']}" for n, item in enumerate(document["menu"], start=1)]
            text = "\n".join([text, *lines])
        yield SpokenText(Kind.CHANNEL, f"{file.stem}, {name}", file, texts.lc.key(name)[0] + 1, text)


def triage_texts(catalogue: Catalogue, folder: Path, facts: Iterable[str]) -> Iterator[SpokenText]:
    """The urgent text of every flag, tier and person, and what triage adds to answers or asks.

    `facts` names the clinic's facts. Raises CatalogueError for a placeholder that is none of them.
    """
    file = folder / "advice.yml"
    advice = AdviceTexts(catalogue, {name: f"<{name}>" for name in facts}, file)
    lines = _lines(file)
    for kind, name, key, text in _said_by(advice, catalogue):
        yield SpokenText(kind, name, file, lines[key], _FACT.sub(r"{\1}", text))


def _said_by(advice: AdviceTexts, catalogue: Catalogue) -> Iterator[tuple[Kind, str, str, str]]:
    """Kind, name, key in advice.yml, and text."""
    for assessed in _urgent_assessments(catalogue):
        key = "overdose" if assessed.tier == "crisis" and OVERDOSE in assessed.flags else assessed.tier
        name = f"{' and '.join(assessed.flags)}, {assessed.tier}, {assessed.person}"
        yield Kind.URGENT, name, key, advice.urgent(assessed, "sms")
    for flag in catalogue.flags.values():
        yield Kind.AROUND, f"{flag.id}, ask", "ask", advice.ask(flag.id, "sms")
    soon = Assessment(tier="soon", flags=(next(iter(catalogue.flags)),))
    yield Kind.AROUND, "soon", "soon", advice.soon(soon, "sms")
    yield Kind.AROUND, "safety_net", "safety_net", advice.safety_net("sms")


def _urgent_assessments(catalogue: Catalogue) -> Iterator[Assessment]:
    bodily = next(flag.id for flag in catalogue.flags.values() if flag.tier == "emergency")
    for flag in catalogue.flags.values():
        for tier in (tier for tier in ROUTED if tier in (flag.tier, flag.escalates_to)):
            for person in (SELF, OTHER):
                yield Assessment(tier=tier, flags=(flag.id,), tiers={flag.id: tier}, person=person)
                if tier == "crisis":
                    both = {flag.id: tier, bodily: "emergency"}
                    yield Assessment(tier=tier, flags=(flag.id, bodily), tiers=both, person=person)


def _lines(file: Path) -> Mapping[str, int]:
    document: Any = parsed(file.read_text(encoding="utf-8"))
    return {key: document.lc.key(key)[0] + 1 for key in document}
