"""One topic, one file: reading data/topics/<group>/<slug>.yml with the line of everything in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

from ruamel.yaml.error import MarkedYAMLError

from backtalk.content.lined_yaml import parsed

TOPIC_KEYS = ("version", "intents", "nlu", "responses", "rules")
METADATA_KEYS = (
    "topic",
    "title",
    "type",
    "urgency",
    "sources",
    "reviewed",
    "next",
    "followups",
)
TYPES = ("inform", "safety", "decline", "handoff", "meta", "smalltalk")
URGENCIES = ("none", "soon", "same_day", "emergency")
VARIANTS = ("web", "sms", "simple")
ASPECTS = (
    "safe",
    "how_long",
    "how_often",
    "why",
    "dose",
    "how",
    "proof",
    "serious",
    "help",
    "tests",
    "cost",
    "who",
    "book",
    "prevent",
)


@dataclass(frozen=True)
class Finding:
    """One fault of the content: where it is, which rule, and what to do."""

    file: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Answer:
    """A stored text and the line it starts on."""

    text: str
    line: int


@dataclass(frozen=True)
class Topic:
    """What a topic file says. `answers` holds the web, sms and simple variants it has."""

    file: Path
    id: str
    intent: str
    title: str
    type: str
    urgency: str
    sources: tuple[str, ...]
    reviewed: str
    next: tuple[str, ...]
    followups: dict[str, str]
    answers: dict[str, Answer]
    examples: tuple[tuple[str, int], ...]
    action: str
    metadata_line: int
    examples_line: int


@dataclass
class TopicReading:
    """The outcome of reading one file: a topic, or the findings that say why not."""

    topic: Topic | None = None
    findings: list[Finding] = field(default_factory=list)


def topic_files(data: Path) -> Iterator[Path]:
    """Every topic file below `data`/topics, in a stable order."""
    return iter(sorted((data / "topics").glob("*/*.yml")))


def intent_of(topic_id: str) -> str:
    """The intent name of a topic id: selfcare/heat-ice -> selfcare_heat_ice."""
    return topic_id.replace("/", "_").replace("-", "_")


def read_topic(file: Path) -> TopicReading:
    """Read one topic file; never raises for what the file holds."""
    reading = TopicReading()

    def fault(line: int, rule: str, message: str) -> None:
        reading.findings.append(Finding(file, line, rule, message))

    try:
        document = parsed(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        fault(1, "yaml", "is not UTF-8 text. Save it as UTF-8.")
        return reading
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        fault(
            mark.line + 1 if mark else 1,
            "yaml",
            f"is not valid YAML: {error.problem}. Check indents, quotes and colons here.",
        )
        return reading
    if not isinstance(document, dict):
        fault(1, "yaml", "holds no topic. Copy the shape of another topic file.")
        return reading

    for key in document:
        if key not in TOPIC_KEYS:
            fault(
                _line(document, key),
                "unknown-key",
                f"'{key}' is not a key of a topic file. Known: {', '.join(TOPIC_KEYS)}.",
            )
    for key in TOPIC_KEYS:
        if key not in document:
            fault(1, "missing-key", f"has no '{key}:'. Copy the shape of another topic file.")
    if reading.findings:
        return reading
    try:
        reading.topic = _topic(file, document, fault)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        fault(1, "shape", f"does not have the shape of a topic file ({error!r}). Copy another one.")
    return reading


def _topic(file: Path, document: Any, fault: Any) -> Topic | None:
    intent = str(document["intents"][0])
    if len(document["intents"]) != 1 or len(document["nlu"]) != 1 or len(document["rules"]) != 1:
        fault(1, "one-topic", "holds more than one intent, example list or rule. Split the file.")
        return None
    utter = f"utter_{intent}"
    if list(document["responses"]) != [utter]:
        fault(
            _line(document, "responses"),
            "response-name",
            f"must hold exactly one response named '{utter}'.",
        )
        return None
    answers: dict[str, Answer] = {}
    metadata: Any = None
    metadata_line = _line(document, "responses")
    for variant in document["responses"][utter]:
        for key in variant:
            if key not in ("text", "channel", "metadata"):
                fault(_line(variant, key), "unknown-key", f"'{key}' is not a key of an answer.")
        name = str(variant.get("channel", "web"))
        if name not in VARIANTS or name in answers:
            fault(
                variant.lc.line + 1,
                "variant",
                f"'{name}' is unknown or given twice. An answer has: web (no channel), sms, simple.",
            )
            continue
        answers[name] = Answer(str(variant["text"]).strip(), _line(variant, "text"))
        metadata = metadata if metadata is not None else variant.get("metadata")
        if variant.get("metadata") is not None and variant["metadata"] != metadata:
            fault(_line(variant, "metadata"), "metadata", "differs between variants. Use *meta.")
        if name == "web" and variant.get("metadata") is not None:
            metadata_line = _line(variant, "metadata")
    if not isinstance(metadata, dict):
        fault(metadata_line, "metadata", "is missing. Add metadata: &meta with topic, title, ….")
        return None
    for key in metadata:
        if key not in METADATA_KEYS:
            fault(
                _line(metadata, key),
                "unknown-key",
                f"'{key}' is not a metadata key. Known: {', '.join(METADATA_KEYS)}.",
            )
    absent = [key for key in METADATA_KEYS if key not in metadata]
    if absent:
        hint = ' Add reviewed: "YYYY-MM-DD".' if "reviewed" in absent else ""
        fault(metadata_line, "metadata", f"has no {', '.join(absent)}.{hint}")
        return None
    nlu = document["nlu"][0]
    if nlu.get("intent") != intent:
        fault(_line(document, "nlu"), "intent", f"examples are for '{nlu.get('intent')}', not '{intent}'.")
    steps = document["rules"][0]["steps"]
    if [list(step) for step in steps] != [["intent"], ["action"]] or steps[0]["intent"] != intent:
        fault(_line(document, "rules"), "rule", f"must be two steps: intent {intent}, then an action.")
        return None
    return Topic(
        file=file,
        id=str(metadata["topic"]),
        intent=intent,
        title=str(metadata["title"]),
        type=str(metadata["type"]),
        urgency=str(metadata["urgency"]),
        sources=tuple(str(key) for key in metadata["sources"] or ()),
        reviewed=str(metadata["reviewed"]),
        next=tuple(str(key) for key in metadata["next"] or ()),
        followups={str(k): str(v) for k, v in (metadata["followups"] or {}).items()},
        answers=answers,
        examples=_examples(nlu),
        action=str(steps[1]["action"]),
        metadata_line=metadata_line,
        examples_line=_line(nlu, "examples"),
    )


def _examples(nlu: Any) -> tuple[tuple[str, int], ...]:
    first = _line(nlu, "examples") + 1
    lines = str(nlu["examples"]).splitlines()
    return tuple(
        (line.strip()[1:].strip(), first + offset)
        for offset, line in enumerate(lines)
        if line.strip().startswith("-")
    )


def _line(node: Any, key: Any) -> int:
    """The 1-based line of `key` in a round-trip YAML mapping."""
    try:
        return int(node.lc.key(key)[0]) + 1
    except (AttributeError, KeyError, TypeError):
        return 1
