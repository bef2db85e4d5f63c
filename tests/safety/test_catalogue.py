"""The catalogue is whole, and every text that goes with it can be sent."""

import pytest

from backtalk.clinic import load_clinic
from backtalk.content.sms_parts import segments
from backtalk.triage.advice import shipped_advice
from backtalk.triage.assess import Assessment, shipped_triage
from backtalk.triage.catalogue import ROUTED

FLAGS = shipped_triage().catalogue.flags
ROUTED_FLAGS = [name for name, flag in FLAGS.items() if flag.tier in ROUTED]


def assessed(name: str, person: str = "self") -> Assessment:
    tier = FLAGS[name].tier
    return Assessment(tier=tier, flags=(name,), tiers={name: tier}, person=person)


@pytest.fixture(scope="module")
def advice(project):
    return shipped_advice(load_clinic(project.clinic_file).placeholders())


def test_there_are_sixty_flags():
    assert len(FLAGS) == 60


@pytest.mark.parametrize("person", ["self", "other"])
@pytest.mark.parametrize("name", ROUTED_FLAGS)
def test_urgent_text_by_sms_fits_three_parts_with_the_action_in_the_first(advice, name, person):
    text = advice.urgent(assessed(name, person), "sms")
    size = segments(text)
    assert (size.encoding, size.parts <= 3) == ("GSM-7", True), size
    assert len(text.splitlines()[0]) <= 153, text.splitlines()[0]


@pytest.mark.parametrize("person", ["self", "other"])
@pytest.mark.parametrize("name", ROUTED_FLAGS)
def test_urgent_text_begins_with_what_to_do_and_holds_no_open_placeholder(advice, name, person):
    text = advice.urgent(assessed(name, person), "web")
    first = text.split("\n\n")[0]
    assert any(word in first for word in ("Call", "call")), first
    assert "{" not in text


@pytest.mark.parametrize("name", FLAGS)
def test_each_question_of_a_flag_is_one_plain_question(name):
    for question in (FLAGS[name].clarify, FLAGS[name].screening):
        assert question.endswith("?")
        assert question.count("?") == 1


def test_a_crisis_with_a_bodily_emergency_tells_both(advice, project):
    both = Assessment(
        tier="crisis",
        flags=("suicidal_thoughts_or_self_harm", "stroke_signs"),
        tiers={"suicidal_thoughts_or_self_harm": "crisis", "stroke_signs": "emergency"},
    )
    text = advice.urgent(both, "web")
    facts = load_clinic(project.clinic_file).placeholders()
    assert facts["crisis_line"] in text
    assert "bodily emergency" in text


@pytest.mark.parametrize("person", ["self", "other"])
@pytest.mark.parametrize("name", ROUTED_FLAGS)
def test_urgent_text_says_nothing_twice(advice, name, person):
    text = advice.urgent(assessed(name, person), "web")
    if FLAGS[name].tier == "emergency":
        assert 1 <= text.count("drive") <= 2, text
    assert text.count("Do not drive yourself") <= 1
