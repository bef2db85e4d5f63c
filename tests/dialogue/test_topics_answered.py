"""Every topic can be reached: by its own question, by its title and by words that were not trained."""

from itertools import groupby
from pathlib import Path

import pytest
import yaml

from backtalk.channels.outcome import TASKS
from backtalk.channels.terminal import sms_text
from backtalk.content.sms_parts import segments
from backtalk.content.topic_file import read_topic, topic_files

HERE = Path(__file__).resolve().parent
TOPICS = [read_topic(file).topic for file in topic_files(HERE.parents[1] / "data")]
GROUPS = {group: list(topics) for group, topics in groupby(TOPICS, key=lambda t: t.id.split("/")[0])}
PARAPHRASES = yaml.safe_load((HERE / "paraphrases.yml").read_text(encoding="utf-8"))
MOST_SMS_PARTS = 3


def question_of(topic) -> str:
    """The first example of its file."""
    return topic.examples[0][0]


def asking_for(talk, topic) -> str:
    """Its first example that gets its plain answer: some tell of a red flag, or come close to one."""
    return next(text for text, _ in topic.examples if plainly_answered(talk, text, topic))


def plainly_answered(talk, text, topic) -> bool:
    (turn,) = talk(text)
    return [reply.topic for reply in turn.replies] == [topic.id]


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("group", GROUPS)
def test_each_topics_own_question_is_answered_with_that_topic(talk, group, channel):
    missed = {}
    for topic in GROUPS[group]:
        (turn,) = talk(question_of(topic), channel=channel)
        understood = turn.understanding["topics"] == [topic.id]
        # Some questions tell of a sign of one's own; then the urgent text comes instead.
        tells_of_a_sign = group == "worry" or topic.id == "condition/headache-after-spinal-procedure"
        answered = turn.topics == [topic.id] or (tells_of_a_sign and turn.outcome == "urgent")
        if not understood or not answered:
            missed[question_of(topic)] = (topic.id, turn.outcome, turn.topics or turn.choices)
    assert missed == {}


@pytest.mark.parametrize("group", GROUPS)
def test_each_sms_answer_as_sent_fits_three_parts_of_plain_sms_letters(talk, group):
    missed = {}
    for topic in GROUPS[group]:
        (turn,) = talk(question_of(topic), channel="sms")
        for reply in turn.replies:
            size = segments(sms_text(reply))
            if size.parts > MOST_SMS_PARTS or size.encoding != "GSM-7":
                missed[topic.id] = size
    assert missed == {}


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("group", GROUPS)
def test_the_answer_is_the_one_stored_for_the_channel_with_the_clinics_facts(talk, project, group, channel):
    facts = project.clinic().placeholders()
    for topic in GROUPS[group]:
        stored = topic.answers[channel].text
        for name, value in facts.items():
            stored = stored.replace("{" + name + "}", value)
        (turn,) = talk(asking_for(talk, topic), channel=channel)
        assert [reply.text.strip() for reply in turn.replies if reply.topic] == [stored], topic.id


@pytest.mark.parametrize("group", GROUPS)
def test_what_an_answer_suggests_next_can_be_asked_by_its_title(talk, group):
    missed = {}
    for topic in GROUPS[group]:
        (turn,) = talk(asking_for(talk, topic))
        for button, offered in zip(turn.replies[0].buttons, turn.replies[0].offers, strict=True):
            (_, chosen) = talk(asking_for(talk, topic), button.title)
            is_task = chosen.replies[0].kind in TASKS and chosen.replies[0].topic == offered
            if chosen.topics != [offered] and not is_task:
                missed[topic.id, button.title] = (chosen.outcome, chosen.topics or chosen.choices)
    assert missed == {}


def test_every_topic_has_paraphrases():
    assert sorted(PARAPHRASES) == sorted(topic.id for topic in TOPICS)


@pytest.mark.parametrize("group", GROUPS)
def test_each_topic_is_answered_or_offered_for_words_that_were_not_trained(talk, group):
    def is_reached(topic_id: str, item) -> bool:
        (turn,) = talk(item if isinstance(item, str) else item["text"])
        return topic_id in (*turn.understanding["topics"], *turn.understanding["choices"])

    lost = [
        topic.id
        for topic in GROUPS[group]
        if not any(is_reached(topic.id, item) for item in PARAPHRASES[topic.id])
    ]
    assert lost == []
