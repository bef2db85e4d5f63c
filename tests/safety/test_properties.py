"""What must hold for any message."""

from hypothesis import given, settings
from hypothesis import strategies as st

from backtalk.content.topic_file import read_topic, topic_files
from backtalk.triage.assess import assess, data_folder
from backtalk.triage.catalogue import tier_rank

EMERGENCY = "I have lost control of my bladder since yesterday."
TEXTS = [
    text for file in topic_files(data_folder().parent) for text, _ in read_topic(file).topic.examples[:2]
]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_assessed_without_an_error(text):
    assert tier_rank(assess(text).tier) >= 0


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(TEXTS), st.booleans())
def test_an_affirmed_emergency_anywhere_makes_it_an_emergency(text, before):
    whole = f"{EMERGENCY} {text}" if before else f"{text}. {EMERGENCY}"
    assert tier_rank(assess(whole).tier) >= tier_rank("emergency"), whole


def test_denying_it_takes_it_away():
    assert assess("I have not lost control of my bladder.").tier == "none"
    assert assess("No loss of bladder control, no numbness, no weakness.").tier == "none"


def test_case_emoji_line_breaks_and_a_slip_change_nothing():
    for changed in (
        EMERGENCY.upper(),
        EMERGENCY.lower().rstrip("."),
        EMERGENCY.replace("bladder", "blader"),
        EMERGENCY.replace(" ", "\n"),
        f"\U0001f62d {EMERGENCY} \U0001f62d",
    ):
        assert assess(changed).tier == "emergency", changed
