"""What the text channel itself says: data/channels/sms.yml, read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Collection, Iterator, Mapping

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from backtalk.content.prose import reading_grade, sentences, words
from backtalk.content.topic_file import Finding, intent_of

FILE = Path("channels") / "sms.yml"
KEYS = ("notice_version", "texts", "menu", "auto_replies")
TASKS = ("screening/start",)  # may be picked like a topic
SENTENCE_WORDS = 20
GRADE = 7.0
_PRESCRIBED = frozenset(("automated", "encrypted", "emergency", "emergencies"))  # by carriers and the law
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_AT_RUN_TIME = {"not_saved": "word", "no_such_number": "last"}
LONGEST = {"word": "START", "last": "10"}


class SmsText(str, Enum):
    """Every text of the channel's own."""

    NOTICE = "notice"
    HELP = "help"
    STOPPED_BUT_URGENT = "stopped_but_urgent"
    STOPPED = "stopped"
    STARTED = "started"
    ALREADY_STARTED = "already_started"
    NOT_SAVED = "not_saved"
    MENU = "menu"
    MENU_EXPIRED = "menu_expired"
    NO_MENU = "no_menu"
    NO_SUCH_NUMBER = "no_such_number"
    NOTHING_MORE = "nothing_more"
    MEDIA = "media"
    MEDIA_TOO = "media_too"
    LOCATION = "location"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"


class SmsTextsError(ValueError):
    """sms.yml is missing or wrong. `problems` holds one line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class MenuItem:
    """A line of MENU and the intent that picking it has."""

    title: str
    intent: str


@dataclass(frozen=True)
class SmsTexts:
    """The texts with a clinic's facts in place."""

    texts: Mapping[SmsText, str]
    menu: tuple[MenuItem, ...]
    auto_replies: tuple[re.Pattern[str], ...]
    notice_version: int

    def say(self, text: SmsText, **moment: str) -> str:
        """A text, with what is known only now in place of `{word}` or `{last}`."""
        said = self.texts[text]
        for name, value in moment.items():
            said = said.replace(f"{{{name}}}", value)
        return said


def load_sms_texts(data: Path, facts: Mapping[str, str]) -> SmsTexts:
    """The texts of `data`/channels/sms.yml, filled with `Clinic.placeholders()`. Raises SmsTextsError."""
    file = data / FILE
    raw = _read(file)
    problems = list(_shape(raw, facts))
    if problems:
        raise SmsTextsError([f"{file}: {problem}" for problem in problems])
    return SmsTexts(
        texts={text: _filled(raw["texts"][text.value], facts) for text in SmsText},
        menu=tuple(MenuItem(item["title"], intent_of(item["topic"])) for item in raw["menu"]),
        auto_replies=tuple(re.compile(pattern, re.DOTALL) for pattern in raw["auto_replies"]),
        notice_version=raw["notice_version"],
    )


def check_sms_texts(data: Path, facts: Mapping[str, str], topics: Collection[str]) -> Iterator[Finding]:
    """Every fault of the file: its shape, topics that there are not, texts that are hard to read.

    `sms_check` measures their parts.
    """
    file = data / FILE
    try:
        loaded = load_sms_texts(data, facts)
    except SmsTextsError as error:
        for problem in error.problems:
            yield Finding(file, 1, "sms-texts", problem.removeprefix(f"{file}: "))
        return
    lines = file.read_text(encoding="utf-8").splitlines()
    for item in _read(file)["menu"]:
        if item["topic"] not in {*topics, *TASKS}:
            line = _line_of(lines, str(item["topic"]))
            yield Finding(file, line, "menu", f"'{item['topic']}' is no topic. Use an id of topic_list.yml.")
    names = {word.lower() for value in facts.values() for word in words(value)}
    for text, said in loaded.texts.items():
        for name, value in LONGEST.items():
            said = said.replace(f"{{{name}}}", value)
        for rule, message in _faults(said, names):
            yield Finding(file, _line_of(lines, f"  {text.value}:"), rule, f"{text.value}: {message}")


def _faults(said: str, names: set[str]) -> Iterator[tuple[str, str]]:
    """What is hard to read. Length, alphabet and links are measured with all other texts for SMS."""
    long = [sentence for sentence in sentences(said) if len(words(sentence)) > SENTENCE_WORDS]
    if long:
        yield "sentence", f"over {SENTENCE_WORDS} words: {long[0][:50]!r}. Split it."
    grade = reading_grade(said, names | _PRESCRIBED)
    if grade > GRADE:
        yield "reading-level", f"grade {grade:.1f}, at most {GRADE:.0f}. Use shorter words."
    if "!" in said:
        yield "wording", "no exclamation marks."


def _read(file: Path) -> Any:
    try:
        return YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SmsTextsError([f"{file}: {error.strerror}. Take the file of the project."]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SmsTextsError([f"{file}: line {line}: not valid YAML ({error.problem})."]) from error


def _shape(raw: Any, facts: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(raw, dict) or set(raw) != set(KEYS):
        yield f"must have the keys {', '.join(KEYS)} and no others."
        return
    if not isinstance(raw["notice_version"], int) or raw["notice_version"] < 1:
        yield "notice_version must be a number from 1."
    yield from _texts_shape(raw["texts"], facts)
    menu = raw["menu"]
    if not isinstance(menu, list) or not 2 <= len(menu) <= 9:
        yield "menu must have 2 to 9 lines."
    else:
        for item in menu:
            if not isinstance(item, dict) or set(item) != {"title", "topic"}:
                yield f"menu: each line has a title and a topic, not {item!r}."
    if not isinstance(raw["auto_replies"], list):
        yield "auto_replies must be a list."
        return
    for pattern in raw["auto_replies"]:
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            yield f"auto_replies: {pattern!r} is no regular expression ({error})."


def _texts_shape(texts: Any, facts: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(texts, dict):
        yield "texts must hold a text for each key."
        return
    for name in SmsText:
        said = texts.get(name.value)
        if not isinstance(said, str) or not said.strip():
            yield f"texts: '{name.value}' is missing. Write it."
            continue
        for placeholder in _PLACEHOLDER.findall(said):
            if placeholder not in facts and placeholder != _AT_RUN_TIME.get(name.value):
                yield f"texts: {name.value}: nobody fills {{{placeholder}}}. Use one of clinic.yml."
    for unknown in sorted(set(texts) - {name.value for name in SmsText}):
        yield f"texts: '{unknown}' is no text of the channel. Take it out."


def _filled(text: str, facts: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: facts.get(match.group(1), match.group(0)), text)


def _line_of(lines: list[str], start: str) -> int:
    return next((number for number, line in enumerate(lines, start=1) if start in line), 1)
