"""The symptom check: questions one at a time, any warning sign ends it, nothing is promised."""

import pytest

from backtalk.triage.screening import shipped_screening
from backtalk.understanding.text import normalise

SCREENING = shipped_screening()
REGIONS = {region.id: region for region in SCREENING.regions.values()}


def question_in(turn):
    """The id of the question that a turn puts, or None."""
    text = turn.replies[-1].text
    found = [q.id for region in REGIONS.values() for q in region.questions if text.endswith(q.asks)]
    return found[0] if found else None


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("region", REGIONS.values(), ids=lambda region: region.id)
def test_saying_no_to_all_questions_ends_with_a_result_that_promises_nothing(talk, region, channel):
    asked = len(region.questions)
    turns = talk("check my symptoms", region.title, *["no"] * asked, channel=channel)
    assert asked <= 7
    assert {turn.outcome for turn in turns} == {"screening"}
    result = turns[-1].replies[0].text
    assert f"no to all {asked}" in result
    assert "cannot rule it out" in result
    assert "911" in result
    assert not any(promise in normalise(result) for promise in ("you are fine", "nothing serious", "healthy"))


def test_the_result_offers_a_booking(talk):
    result = talk("check my symptoms", "neck", *["no"] * 7)[-1]
    assert result.replies[-1].offers[0] == "booking/request"


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("region", REGIONS.values(), ids=lambda region: region.id)
def test_a_yes_to_any_question_gets_the_text_of_its_flag_and_ends_the_check(talk, project, region, channel):
    for number, question in enumerate(region.questions):
        turns = talk("check my symptoms", region.title, *["no"] * number, "yes", "no", channel=channel)
        assert turns[-2].outcome == "urgent", question.id
        assert turns[-2].red_flags == [question.flag]
        assert turns[-1].outcome != "screening", "the check went on after the urgent text"


@pytest.mark.parametrize("step", range(8))
def test_a_red_flag_in_free_words_at_any_step_is_answered_first(talk, step):
    before = ["check my symptoms", *["back", *["no"] * 6][:step]]
    *_, turn, after = talk(*before, "my face is drooping and my speech is slurred", "does massage help")
    assert turn.replies[0].kind == "urgent"
    assert turn.urgency == "emergency"
    assert after.topics == ["treatment/massage"]
    assert len(after.replies) == 1, "the check was still open"


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("2", "neck"),
        ("my lower back", "back"),
        ("it's my head", "head"),
        ("both my back and my head", "more"),
    ],
)
def test_the_region_is_taken_by_number_or_in_free_words(talk, words, region):
    *_, turn = talk("check my symptoms", words)
    assert question_in(turn) == REGIONS[region].questions[0].id


def test_a_check_of_a_named_region_starts_with_its_first_question(talk):
    (turn,) = talk("check my head")
    assert question_in(turn) == REGIONS["head"].questions[0].id


@pytest.mark.parametrize("words", ["no", "2", "No.", "nope not really", "no thank god", "i don't think so"])
def test_a_no_in_many_forms_brings_the_next_question(talk, words):
    *_, turn = talk("check my symptoms", "back", words)
    assert question_in(turn) == REGIONS["back"].questions[1].id


@pytest.mark.parametrize("words", ["yes", "1", "Yeah a bit", "yep since yesterday", "i think so"])
def test_a_yes_in_many_forms_counts(talk, words):
    *_, turn = talk("check my symptoms", "head", words)
    assert turn.red_flags == ["thunderclap_headache"]


def test_not_sure_goes_on_with_advice_and_is_named_in_the_result(talk):
    result = talk("check my symptoms", "back", *["no"] * 6, "not sure")[-1]
    turns = talk("check my symptoms", "back", "not sure", *["no"] * 6)
    assert turns[2].replies[0].text.startswith("Not sure is fine.")
    assert question_in(turns[2]) == REGIONS["back"].questions[1].id
    assert REGIONS["back"].questions[0].says in turns[-1].replies[0].text
    assert "today" in turns[-1].replies[0].text
    assert REGIONS["back"].questions[-1].says in result.replies[0].text


def test_a_question_in_the_middle_is_answered_and_the_check_goes_on_where_it_was(talk):
    *_, asked, middle, after = talk("check my symptoms", "back", "no", "what is sciatica", "no")
    assert middle.replies[0].topic == "condition/sciatica"
    assert question_in(middle) == question_in(asked)
    assert question_in(after) == REGIONS["back"].questions[2].id


def test_words_it_cannot_read_bring_the_same_question_again(talk):
    *_, asked, again = talk("check my symptoms", "back", "wibble wobble")
    assert question_in(again) == question_in(asked)


@pytest.mark.parametrize("words", ["stop", "Stop the check", "leave the check", "4", "no more questions"])
def test_the_check_can_be_stopped_at_any_time(talk, words):
    *_, stopped, after = talk("check my symptoms", "back", "no", words, "does massage help")
    assert "I have stopped the check" in stopped.replies[0].text
    assert after.topics == ["treatment/massage"]
    assert len(after.replies) == 1


def test_a_yes_after_the_check_has_ended_raises_nothing(talk):
    turns = talk("check my symptoms", "neck", *["no"] * 7, "yes")
    assert turns[-1].urgency == "none"


def test_the_answer_that_refuses_a_diagnosis_offers_the_check(talk):
    (turn,) = talk("can you tell me what is wrong with me")
    assert "Check my symptoms" in [button.title for button in turn.replies[0].buttons]
    assert talk("can you tell me what is wrong with me", "Check my symptoms")[-1].outcome == "screening"


@pytest.mark.parametrize("region", REGIONS.values(), ids=lambda region: region.id)
def test_each_question_fits_two_sms_parts_with_its_lead(region):
    from backtalk.content.sms_parts import segments

    for question in region.questions:
        text = f"7/7: {question.asks} Reply 1 yes, 2 no, 3 not sure, 4 leave the check."
        assert segments(text).encoding == "GSM-7"
        assert segments(text).parts <= 2
