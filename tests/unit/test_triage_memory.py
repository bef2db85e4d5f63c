"""What triage remembers of earlier messages."""

from backtalk.triage.assess import assess
from backtalk.triage.memory import COMPLAINT_MESSAGES, Memory

OTHER = "What are your opening hours?"


def after(*texts: str) -> Memory:
    memory = Memory()
    for text in texts:
        memory = assess(text, memory).memory
    return memory


def test_a_complaint_of_the_message_before_counts_with_the_next():
    assert "fever_with_headache" in assess("and I have a fever of 39", after("I have a headache")).flags


def test_a_complaint_is_forgotten_after_some_messages():
    memory = after("I have a headache", *[OTHER] * COMPLAINT_MESSAGES)
    assert "fever_with_headache" not in assess("I have a fever of 39", memory).flags


def test_a_complaint_told_again_is_remembered_anew():
    memory = after("I have a headache", *[OTHER] * 4, "my headache is still there", *[OTHER] * 4)
    assert "fever_with_headache" in assess("and I have a fever of 39", memory).flags


def test_a_fact_is_remembered_for_the_whole_conversation():
    memory = after("I had breast cancer in 2015", *[OTHER] * 20)
    assert "cancer_history_new_pain" in assess("I have a new pain in my back", memory).flags


def test_what_is_stored_of_a_memory_gives_the_same_memory():
    memory = after("I am 30 weeks pregnant and have a headache", OTHER)
    stored = memory.stored()
    assert ["pregnant_20wk", "anyone"] in [row[:2] for row in stored] or ["pregnant_20wk", "self"] in stored
    assert ["headache", "self", COMPLAINT_MESSAGES - 1] in stored
    assert Memory.of(stored) == memory
