"""How well unseen messages are sorted: floors a little under what was measured."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from backtalk.triage.assess import shipped_triage
from backtalk.triage.catalogue import ROUTED, tier_rank

HERE = Path(__file__).resolve().parent
FILES = sorted((HERE / "unseen").glob("*.yml"))
FLAGS = shipped_triage().catalogue.flags


def messages(kind: str, tiers: tuple[str, ...]) -> list[tuple[str, str]]:
    """(flag, message) of the flags of `tiers`."""
    rows = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES]
    return [(row["flag"], text) for row in rows if FLAGS[row["flag"]].tier in tiers for text in row[kind]]


@pytest.fixture(scope="module")
def ask(assistant, loop) -> Callable:
    from backtalk.conversation import Conversation

    known = {}

    def run(text: str):
        if text not in known:
            conversation = Conversation(assistant, "web")
            known[text] = loop.run_until_complete(conversation.say(text))
            conversation.forget()
        return known[text]

    return run


def share(rows, is_hit) -> tuple[float, str]:
    missed = [f"  {flag}: {text[:100]}" for flag, text in rows if not is_hit(text)]
    return 1 - len(missed) / len(rows), "\n".join(missed)


def test_every_flag_has_unseen_messages():
    assert {file.stem for file in FILES} == set(FLAGS)


@pytest.mark.parametrize(("tiers", "floor"), [(("emergency", "crisis"), 0.95), (ROUTED, 0.96)])
def test_enough_messages_that_need_it_get_urgent_text(ask, tiers, floor):
    measured, missed = share(messages("affirmed", tiers), lambda text: ask(text).outcome == "urgent")
    assert measured >= floor, f"{measured:.3f}\n{missed}"


def test_enough_messages_that_need_it_get_urgent_text_or_a_question(ask):
    def is_safe(text: str) -> bool:
        return ask(text).outcome == "urgent" or bool(ask(text).asked)

    measured, missed = share(messages("affirmed", ROUTED), is_safe)
    assert measured >= 0.97, f"{measured:.3f}\n{missed}"


def test_few_near_misses_raise_the_flag_that_they_miss(ask):
    rows = messages("near_miss", tuple({flag.tier for flag in FLAGS.values()}))
    raised = [f"  {flag}: {text[:100]}" for flag, text in rows if flag in ask(text).red_flags]
    assert len(raised) / len(rows) <= 0.13, "\n".join(raised)


def test_the_urgent_text_is_the_first_reply_and_names_the_tier(ask):
    for flag, text in messages("affirmed", ROUTED):
        turn = ask(text)
        if turn.outcome == "urgent":
            assert turn.replies[0].kind == "urgent", text
            assert tier_rank(turn.replies[0].urgency) >= tier_rank("urgent"), (flag, text)
