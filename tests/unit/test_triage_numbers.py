"""Ages, doses and readings in a message."""

import pytest

from backtalk.triage.assess import assess


def features(text: str) -> dict[str, str]:
    """Each feature that counts, and whose it is."""
    return {one.feature: one.assertion.person for one in assess(text).findings if one.counts}


@pytest.mark.parametrize(
    "text",
    [
        "My 7 year old's back hurts",
        "my seven year old has back pain",
        "girl of three years with a headache",
        "a boy aged 9 with a headache",
        "my 4 yr old is in pain",
    ],
)
def test_the_age_of_a_child_is_an_age_and_no_duration(text):
    assert "child" in features(text)
    assert "six_weeks" not in features(text)


def test_the_back_of_my_seven_year_old_is_not_mine():
    assert features("My 7 year old's back hurts")["back_pain"] == "other"


def test_an_old_injury_is_no_child():
    assert "back_pain" in features("my 10 year old back injury hurts")
    assert features("my 10 year old back injury hurts")["back_pain"] != "other"


def test_in_my_seventies_is_an_age_and_not_long_ago():
    found = features("I'm in my seventies and my back hurts")
    assert {"age_50", "back_pain"} <= found.keys()


def test_years_with_a_complaint_are_a_duration():
    assert "six_weeks" in features("back pain for 3 years")


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("I took 12 paracetamol. Then 8 more.", "crisis"),
        ("I took 6 paracetamol. Two hours later I had another 4.", "urgent"),
        ("Took 4 paracetamol at noon and then 4 more tonight", "none"),
        ("yesterday I took 6 paracetamol and today 6 paracetamol", "none"),
        ("I took 8 paracetamol. I took 8 paracetamol, is that ok?", "none"),
    ],
)
def test_doses_of_one_day_are_added_up_over_sentences(text, tier):
    assert assess(text).tier == tier


def test_tyre_pressure_is_no_blood_pressure():
    assert "bp_180_120" not in features("tyre pressure is 190, and I have a headache")
    assert "bp_180_120" in features("my blood pressure is 190 and I have a headache")
