"""All topic files together: what one file cannot know about itself."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Mapping

from ruamel.yaml import YAML

from backtalk.content.answer_rules import check_answers
from backtalk.content.plain_words import PlainWords, load_plain_words
from backtalk.content.topic_file import (
    ASPECTS,
    TYPES,
    URGENCIES,
    Finding,
    Topic,
    intent_of,
    read_topic,
    topic_files,
)

MIN_EXAMPLES = 25
TITLE_CHARACTERS = 32
REVIEW_DAYS = 730
REVIEW_DAYS_STRICT = 365  # medicines and red flags
_MEDICINE_TOPICS = (
    "treatment/otc-painkillers",
    "treatment/painkiller-limits",
    "treatment/dose-or-mixing",
    "treatment/muscle-relaxants",
    "treatment/opioids",
    "treatment/nerve-pain-medicines",
    "treatment/migraine-medicines",
    "treatment/injections",
    "mechanism/medicine-side-effects",
    "condition/medication-overuse-headache",
)
_SPECIAL_ACTIONS = {
    "about/sources": "action_show_sources",
    "chitchat/repeat-simpler": "action_say_simpler",
}

_TASKS = (
    "screening/start",
    "booking/request",
    "about/erase",
)  # may be offered like a topic; the conversation is not in a topic file


@dataclass(frozen=True)
class Source:
    """What a patient sees of a source. `year` is a year or "living page"."""

    title: str
    year: str
    url: str


def load_sources(file: Path) -> dict[str, Source]:
    """The sources by key. Raises KeyError if the file lost its shape."""
    raw: Any = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return {
        str(key): Source(str(row["title"]), str(row["year"]), str(row["url"]))
        for key, row in raw["sources"].items()
    }


def load_topics(data: Path) -> tuple[list[Topic], list[Finding]]:
    """Every readable topic, and the findings of the files that are not."""
    readings = [read_topic(file) for file in topic_files(data)]
    return (
        [reading.topic for reading in readings if reading.topic],
        [finding for reading in readings for finding in reading.findings],
    )


def check_library(
    data: Path, fill: Mapping[str, str], today: dt.date, only: frozenset[Path] = frozenset()
) -> list[Finding]:
    """Every finding on the content below `data`, or only on the files in `only`.

    `fill` gives the value of each placeholder, as the clinic has set it.
    """
    topics, findings = load_topics(data)
    plain = load_plain_words(data / "plain_words.yml")
    sources = load_sources(data / "sources.yml")
    listed = _topic_list(data / "topic_list.yml")
    ids = {topic.id for topic in topics} | set(listed)
    for topic in topics:
        findings += _check_topic(topic, plain, fill, sources, ids, today)
    findings += _check_coverage(topics, listed, data)
    findings += _check_duplicates(topics)
    if only:
        findings = [f for f in findings if f.file.resolve() in only]
    return sorted(findings, key=lambda f: (str(f.file), f.line, f.rule))


def _topic_list(file: Path) -> dict[str, int]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return {
        line.strip()[2:].strip(): number
        for number, line in enumerate(lines, start=1)
        if line.strip().startswith("- ")
    }


def _check_topic(
    topic: Topic,
    plain: PlainWords,
    fill: Mapping[str, str],
    sources: Mapping[str, Source],
    ids: set[str],
    today: dt.date,
) -> Iterator[Finding]:
    def fault(rule: str, message: str, line: int | None = None) -> Finding:
        return Finding(topic.file, line or topic.metadata_line, rule, message)

    expected = f"{topic.file.parent.name}/{topic.file.stem}"
    if topic.id != expected:
        yield fault("topic-id", f"metadata.topic is '{topic.id}', the file says '{expected}'.")
    if topic.intent != intent_of(topic.id):
        yield fault("intent", f"intent '{topic.intent}' must be '{intent_of(topic.id)}'.", 2)
    if topic.type not in TYPES:
        yield fault("type", f"'{topic.type}' must be one of {', '.join(TYPES)}.")
    if topic.urgency not in URGENCIES:
        yield fault("urgency", f"'{topic.urgency}' must be one of {', '.join(URGENCIES)}.")
    if not 0 < len(topic.title) <= TITLE_CHARACTERS:
        yield fault("title", f"{len(topic.title)} characters, wanted 1 to {TITLE_CHARACTERS}.")
    action = _SPECIAL_ACTIONS.get(topic.id, f"utter_{topic.intent}")
    if topic.action != action:
        yield fault("rule", f"the rule must run '{action}', not '{topic.action}'.")
    if topic.type in ("inform", "safety", "decline") and not 1 <= len(topic.sources) <= 3:
        yield fault("sources", f"names {len(topic.sources)} sources, wanted 1 to 3.")
    for key in topic.sources:
        if key not in sources:
            yield fault("sources", f"'{key}' is not in data/sources.yml. Add it there.")
    yield from _check_review(topic, today)
    for key in topic.next:
        if key not in {*ids, *_TASKS} or key == topic.id:
            yield fault("next", f"'{key}' is not another topic.")
    for aspect, key in topic.followups.items():
        if aspect not in ASPECTS:
            yield fault("followups", f"'{aspect}' is not one of {', '.join(ASPECTS)}.")
        if key not in ids:
            yield fault("followups", f"{aspect}: '{key}' is not a topic.")
    if len(topic.examples) < MIN_EXAMPLES:
        yield fault(
            "examples",
            f"{len(topic.examples)} examples, at least {MIN_EXAMPLES}. Vary the wording.",
            topic.examples_line,
        )
    for text, line in topic.examples:
        if re.search(r"[\[\]{}]|^/", text) or not text:
            yield fault("examples", f"no brackets, leading '/' or empty lines: {text[:40]!r}.", line)
    yield from check_answers(topic, plain, fill)


def _check_review(topic: Topic, today: dt.date) -> Iterator[Finding]:
    try:
        reviewed = dt.date.fromisoformat(topic.reviewed)
    except ValueError:
        message = f"'{topic.reviewed}' is not a date. Write reviewed: \"YYYY-MM-DD\"."
        yield Finding(topic.file, topic.metadata_line, "reviewed", message)
        return
    strict = topic.id.startswith("worry/") or topic.id in _MEDICINE_TOPICS
    due = reviewed + dt.timedelta(days=REVIEW_DAYS_STRICT if strict else REVIEW_DAYS)
    if today > due:
        message = f"the review was due on {due}. Check the answer against its sources, then set the date."
        yield Finding(topic.file, topic.metadata_line, "reviewed", message)
    if reviewed > today + dt.timedelta(days=1):
        yield Finding(topic.file, topic.metadata_line, "reviewed", f"{reviewed} is in the future.")


def _check_coverage(topics: list[Topic], listed: Mapping[str, int], data: Path) -> Iterator[Finding]:
    have = {topic.id: topic for topic in topics}
    files = {f"{file.parent.name}/{file.stem}" for file in topic_files(data)}
    for topic_id, line in listed.items():
        if topic_id not in have and topic_id not in files:
            yield Finding(
                data / "topic_list.yml", line, "coverage", f"'{topic_id}' has no topic file. Write it."
            )
    for topic in topics:
        if topic.id not in listed:
            yield Finding(
                topic.file, topic.metadata_line, "coverage", f"add '{topic.id}' to data/topic_list.yml."
            )


def _check_duplicates(topics: list[Topic]) -> Iterator[Finding]:
    intents: dict[str, Topic] = {}
    seen: dict[frozenset[str], tuple[Topic, int]] = {}
    for topic in topics:
        if topic.intent in intents:
            yield Finding(
                topic.file,
                2,
                "duplicate-intent",
                f"'{topic.intent}' is also in {intents[topic.intent].file}.",
            )
        intents[topic.intent] = topic
        for text, line in topic.examples:
            key = frozenset(re.findall(r"[a-z0-9']+", text.lower()))
            if key in seen:
                other, other_line = seen[key]
                yield Finding(
                    topic.file,
                    line,
                    "duplicate-example",
                    f"{text[:50]!r} has the words of {other.file}:{other_line}. Keep one.",
                )
            else:
                seen[key] = (topic, line)
