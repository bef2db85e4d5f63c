"""What must hold for any message; BACKTALK_CASES=100000 in the environment tries more of them."""

import os
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from backtalk.content.topic_file import read_topic, topic_files
from backtalk.triage.assess import Memory, assess, data_folder
from backtalk.triage.catalogue import tier_rank

CASES = int(os.environ.get("BACKTALK_CASES", "300"))
EMERGENCIES = [
    "I have lost control of my bladder since yesterday.",
    "My face is drooping on one side.",
    "I can't feel anything between my legs.",
    "I have crushing chest pain and I am sweating.",
    "The worst headache of my life came on in seconds.",
    "I want to kill myself.",
    "My mum has a fever, a stiff neck and a rash that does not fade.",
    "Both my legs went weak this morning.",
]
TEXTS = [text for file in topic_files(data_folder().parent) for text, _ in read_topic(file).topic.examples]
# What a patient has, and the same denied.
DENIED = [
    ("I have lost control of my bladder", "I have not lost control of my bladder"),
    ("my face is drooping", "my face is not drooping"),
    ("I have a fever and a stiff neck and a headache", "I have a headache but no fever and no stiff neck"),
    ("I have numbness between my legs", "I have no numbness between my legs"),
    ("I have crushing chest pain", "I don't have any chest pain"),
    ("both my legs are weak", "neither of my legs is weak"),
    ("I want to kill myself", "I do not want to kill myself"),
    ("I am coughing up blood", "I am not coughing up blood"),
]


def routed_phrases(number):
    """Phrases of the catalogue that the rules route, the same ones in each run."""
    lines = []
    for file in sorted((data_folder() / "phrases").glob("*.yml")):
        lines += YAML(typ="safe").load(file.read_text(encoding="utf-8")).get("affirmed", ())
    chosen = random.Random(7).sample(lines, number)
    return [(line, assess(line).tier) for line in chosen if assess(line).is_routed]


PHRASES = routed_phrases(400)


@settings(max_examples=CASES, deadline=None)
@given(st.text(max_size=400), st.sets(st.tuples(st.sampled_from(["headache", "fever"]), st.just("self"))))
def test_any_text_is_assessed_without_an_error(text, remembered):
    assert tier_rank(assess(text, Memory(frozenset(remembered))).tier) >= 0


@settings(max_examples=CASES, deadline=None)
@given(st.lists(st.sampled_from([*" ".join(EMERGENCIES).split(), "not", "no", "?", "99", "/", "0", "\x00"])))
def test_any_heap_of_words_is_assessed_without_an_error(words):
    assert tier_rank(assess(" ".join(words)).tier) >= 0


@settings(max_examples=min(CASES, 3000), deadline=None)
@given(st.sampled_from(TEXTS), st.sampled_from(EMERGENCIES), st.booleans())
def test_an_affirmed_emergency_anywhere_makes_it_an_emergency(text, emergency, before):
    text = text.rstrip(".?! ")
    whole = f"{emergency} {text}" if before else f"{text}. {emergency}"
    assert tier_rank(assess(whole).tier) >= tier_rank("emergency"), whole


@pytest.mark.parametrize("emergency", EMERGENCIES)
def test_an_emergency_between_two_ordinary_sentences_is_one(emergency):
    whole = f"My back has been sore since gardening. {emergency} How do I book an appointment?"
    assert tier_rank(assess(whole).tier) >= tier_rank("emergency")


@pytest.mark.parametrize(("told", "denied"), DENIED)
def test_denying_a_finding_takes_it_away(told, denied):
    assert assess(told).is_routed
    assert assess(denied).tier == "none"


def test_a_denied_list_takes_all_of_it_away():
    assert assess("No loss of bladder control, no numbness, no weakness.").tier == "none"


@pytest.mark.parametrize(
    "change",
    [str.upper, str.lower, lambda t: t.replace(" ", "\n"), lambda t: f"\U0001f62d {t} \U0001f62d"],
    ids=["upper case", "lower case", "line breaks", "emoji"],
)
def test_case_emoji_and_line_breaks_change_nothing(change):
    changed = [line for line, tier in PHRASES if assess(change(line)).tier != tier]
    assert changed == []


@pytest.mark.parametrize("emergency", EMERGENCIES)
def test_a_slip_in_a_long_word_of_a_plain_emergency_changes_nothing(emergency):
    for word in re.findall(r"[a-z]{7,}", emergency):
        for place in range(2, len(word) - 1):
            slip = word[:place] + word[place + 1 :]
            assert assess(emergency.replace(word, slip)).is_routed, slip


def test_a_slip_in_a_long_word_seldom_changes_anything():
    chance = random.Random(11)
    slips = [(line, slipped(line, chance), tier) for line, tier in PHRASES]
    changed = [text for _, text, tier in slips if text and assess(text).tier != tier]
    assert len(changed) <= 0.03 * len(slips), changed


def slipped(line, chance):
    """`line` with one letter dropped, doubled or swapped in a word of 8 letters or more, if it has one."""
    words = list(re.finditer(r"[a-z]{8,}", line))
    if not words:
        return None
    match = chance.choice(words)
    word, place = match.group(), chance.randrange(2, len(match.group()) - 1)
    changed = chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
        ]
    )
    return line[: match.start()] + changed + line[match.end() :]
