"""How well unseen messages are understood: floors a little under what was measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from backtalk.conversation import Conversation, Turn

HERE = Path(__file__).resolve().parent
NONE_OF_OURS = "out_of_scope"


@dataclass(frozen=True)
class Heard:
    """A message, the topics that would be right (none: to be refused), and the turn it got."""

    text: str
    wanted: frozenset[str]
    turn: Turn

    @property
    def topics(self) -> list[str]:
        """The topics understood; a red flag may have replaced their answers, which is measured elsewhere."""
        return list(self.turn.understanding["topics"])

    @property
    def is_right(self) -> bool:
        return bool(self.wanted.intersection(self.topics))

    @property
    def is_top(self) -> bool:
        return self.topics[:1] in [[topic] for topic in self.wanted]

    @property
    def is_helped(self) -> bool:
        return self.is_right or bool(self.wanted.intersection(self.turn.understanding["choices"]))

    @property
    def is_wrong(self) -> bool:
        return bool(self.topics) and not self.is_right

    @property
    def is_refused(self) -> bool:
        return not self.topics and not self.turn.understanding["choices"]


def items_of(name: str) -> Any:
    return yaml.safe_load((HERE / f"{name}.yml").read_text(encoding="utf-8"))


def paraphrases() -> list[tuple[list[str], list[str]]]:
    rows = []
    for topic, items in items_of("paraphrases").items():
        for item in items:
            item = {"text": item} if isinstance(item, str) else item
            rows.append(([item["text"]], [topic, *item.get("also", [])]))
    return rows


def listed(name: str, *, in_scope: bool = True) -> list[tuple[list[str], list[str]]]:
    """The messages of a file (with context first), and the topics wanted for the last."""
    rows = []
    for item in items_of(name):
        item = {"text": item, "topics": NONE_OF_OURS} if isinstance(item, str) else item
        if (item["topics"] != NONE_OF_OURS) == in_scope:
            wanted = item["topics"] if in_scope else []
            rows.append(([*([item["context"]] if "context" in item else []), item["text"]], wanted))
    return rows


SETS = {
    "paraphrases": (720, paraphrases),
    "out_of_scope": (150, lambda: listed("out_of_scope", in_scope=False)),
    "forum": (180, lambda: listed("forum_messages")),
    "forum_out_of_scope": (40, lambda: listed("forum_messages", in_scope=False)),
    "follow_ups": (40, lambda: listed("follow_ups")),
    "doubles": (30, lambda: listed("double_questions")),
}


@pytest.fixture(scope="module")
def heard(assistant, loop) -> Callable[[str], list[Heard]]:
    """The turns of a whole set; each set is asked once."""
    known: dict[str, list[Heard]] = {}

    def ask(messages: Sequence[str]) -> Turn:
        conversation = Conversation(assistant, "web")
        turns = [loop.run_until_complete(conversation.say(message)) for message in messages]
        conversation.forget()
        return turns[-1]

    def run(name: str) -> list[Heard]:
        if name not in known:
            known[name] = [Heard(m[-1], frozenset(wanted), ask(m)) for m, wanted in SETS[name][1]()]
        return known[name]

    return run


def share(rows: list[Heard], hit: Callable[[Heard], bool]) -> float:
    return sum(map(hit, rows)) / len(rows)


def shown(rows: list[Heard], hit: Callable[[Heard], bool], floor: str) -> str:
    """What a person needs to see when a floor does not hold."""
    lines = [
        f"  {row.text[:90]!r}: wanted {', '.join(sorted(row.wanted)) or 'a refusal'}; "
        f"{row.turn.outcome} {', '.join(row.topics) or row.turn.intent}"
        for row in rows
        if hit(row)
    ]
    return "\n".join([f"{floor}; the misses:", *lines])


@pytest.mark.parametrize("name", SETS)
def test_each_set_is_whole(name):
    assert len(SETS[name][1]()) == SETS[name][0]


@pytest.mark.parametrize("name", SETS)
def test_no_message_of_any_set_gets_silence_or_an_empty_text(heard, name):
    silent = [row.text for row in heard(name) if not row.turn.replies]
    empty = [row.text for row in heard(name) if not all(r.text.strip() for r in row.turn.replies)]
    failed = [row.text for row in heard(name) if row.turn.outcome == "failsafe"]
    assert (silent, empty, failed) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "measure", "floor"),
    [
        ("paraphrases", "is_top", 0.93),
        ("paraphrases", "is_helped", 0.95),
        ("out_of_scope", "is_refused", 0.95),
        ("forum", "is_top", 0.80),
        ("forum", "is_helped", 0.90),
        ("forum_out_of_scope", "is_refused", 0.90),
        ("follow_ups", "is_right", 0.75),
        ("doubles", "is_right", 0.90),  # both topics answered, or at least one of them
    ],
)
def test_enough_of_the_set_is_understood(heard, name, measure, floor):
    rows = heard(name)
    measured = share(rows, lambda row: getattr(row, measure))
    said = f"{name} {measure}: {measured:.3f}, wanted at least {floor}"
    assert measured >= floor, shown(rows, lambda row: not getattr(row, measure), said)


@pytest.mark.parametrize(("name", "ceiling"), [("paraphrases", 0.04), ("forum", 0.08)])
def test_few_of_the_set_are_answered_with_a_wrong_topic(heard, name, ceiling):
    rows = heard(name)
    measured = share(rows, lambda row: row.is_wrong)
    said = f"{name} wrong: {measured:.3f}, wanted at most {ceiling}"
    assert measured <= ceiling, shown(rows, lambda row: row.is_wrong, said)


@pytest.mark.parametrize("name", SETS)
def test_small_talk_is_never_offered_as_a_choice(heard, name):
    offered = {row.text: row.turn.choices for row in heard(name)}
    assert {t: c for t, c in offered.items() if any(key.startswith("chitchat/") for key in c)} == {}
