"""Conversations by text, end to end: real server, real database, requests signed as Twilio signs them."""

import datetime as dt
import json
import re

import pytest
from phone import change, is_notice, rows, turns

from backtalk.channels.sms_text import segments
from backtalk.content.library import load_topics

SCREENING = "check my symptoms"


def expire_menus(server) -> None:
    change(server.database, "update sms_contact set menu_until = '2020-01-01 00:00:00.000000'")


def test_a_question_is_answered_in_one_message_of_at_most_three_parts(phone):
    (answer,) = phone.send("what is sciatica")
    assert answer.startswith("Sciatica is pain")
    assert segments(answer).parts <= 3
    assert segments(answer).encoding == "GSM-7"


def test_the_first_answer_brings_the_notice_after_it_and_only_once(new_phone, project):
    phone = new_phone()
    answer, notice = phone.send("what is sciatica")
    assert answer.startswith("Sciatica is pain")
    clinic = project.clinic()
    for told in (
        clinic.name, "automated", clinic.emergency, "not encrypted", "Message and data rates may apply",
        "HELP", "STOP", clinic.privacy_url,
    ):  # fmt: skip
        assert told in notice
    assert segments(notice).parts <= 2
    (again,) = phone.send("does massage help")
    assert not is_notice(again)


def test_urgent_text_stands_alone_and_the_notice_waits_for_the_next_answer(new_phone):
    phone = new_phone()
    (urgent,) = phone.send("i have crushing chest pain and my left arm is numb")
    assert urgent.startswith("Call 911 now")
    _, notice = phone.send("what is sciatica")
    assert is_notice(notice)


def test_a_new_version_of_the_notice_is_given_once_more(server, phone):
    change(server.database, "update sms_contact set notice = 0")
    assert len(phone.send("what is sciatica")) == 2
    assert len(phone.send("does massage help")) == 1


def choices_in(said):
    """The titles of a list, by their numbers."""
    return dict(re.findall(r"^(\d) (.+)$", said, re.MULTILINE))


def title_answered(server, project):
    """The title of the topic that was answered last."""
    ((data,),) = rows(
        server.database, "select data from events where type_name = 'bot' order by id desc limit 1"
    )
    answered = json.loads(data)["metadata"]["metadata"]["topic"]
    return next(topic.title for topic in load_topics(project.data)[0] if topic.id == answered)


@pytest.mark.parametrize(
    "pick", ["2", "two", "2.", "#2", "Two.", " 2 ", "2)", "option 2", "the second one", "2\ufe0f\u20e3", "２"]
)
def test_a_choice_is_picked_by_its_number(server, phone, project, pick):
    second = choices_in(phone.say("tablets"))["2"]
    phone.say(pick)
    assert title_answered(server, project) == second


@pytest.mark.parametrize(
    ("pick", "title"),
    [
        ("Nerve pain medicines", "Nerve pain medicines"),
        ("nerve pain", "Nerve pain medicines"),
        ("NERVE", "Nerve pain medicines"),
        ("herbs, supplements and CBD", "Herbs, supplements and CBD"),
    ],
)
def test_a_choice_is_picked_by_its_words_or_their_start(server, phone, project, pick, title):
    assert title in choices_in(phone.say("tablets")).values()
    phone.say(pick)
    assert title_answered(server, project) == title


def test_a_picked_choice_is_a_pressed_button_for_the_assistant(server, new_phone):
    phone = new_phone().greeted()
    listed = phone.say("tablets").splitlines()
    third = next(line.removeprefix("3 ") for line in listed if line.startswith("3 "))
    phone.say("3")
    ((text, pressed),) = rows(
        server.database,
        "select json_extract(data, '$.text'), json_extract(data, '$.metadata.pressed') from events"
        " where type_name = 'user' order by id desc limit 1",
    )
    assert text == third
    assert pressed  # an intent, which the text alone would not bring


def test_a_number_that_is_not_on_the_list_is_said_to_be_none(phone):
    phone.say("tablets")
    assert "from 1 to 3" in phone.say("7")
    assert "Do you mean" not in phone.say("1")


def test_a_pick_of_an_old_list_is_asked_for_in_words(server, phone):
    phone.say("tablets")
    expire_menus(server)
    assert "too old" in phone.say("2")
    assert "too old" not in phone.say("what is sciatica")
    assert "no list" in phone.say("2")  # that answer had none


def test_a_new_question_closes_the_list(phone):
    phone.say("tablets")
    phone.say("what is sciatica")
    assert "no list" in phone.say("2")


def test_a_long_answer_goes_on_with_more_until_nothing_is_left(phone):
    first = phone.say("what is sciatica? and should i rest?")
    assert segments(first).parts <= 3
    assert first.endswith("Reply MORE for the rest.")
    rest = phone.say("MORE")
    assert segments(rest).parts <= 3
    assert "MORE" not in rest
    assert "That was all" in phone.say("more.")
    assert "Sciatica" in first
    assert "Get emergency help for leg weakness" in first + rest


def test_more_without_a_rest_asks_the_assistant_for_more(phone):
    phone.say("what is sciatica")
    assert "1 Rest or keep moving" in phone.say("MORE")


def test_an_old_rest_is_not_given(server, phone):
    phone.say("what is sciatica? and should i rest?")
    change(server.database, "update sms_contact set rest_until = '2020-01-01 00:00:00.000000'")
    assert "That was all" not in phone.say("MORE")


@pytest.mark.parametrize("word", ["SOURCES", "sources", "Source?"])
def test_sources_names_those_of_the_last_answer(phone, word):
    phone.say("what is sciatica")
    assert 'Sources for "Sciatica"' in phone.say(word)


def test_simpler_says_it_again_in_simpler_words(phone):
    answer = phone.say("what is sciatica")
    simpler = phone.say("SIMPLER")
    assert simpler.startswith("Sciatica is nerve pain down your leg")
    assert simpler != answer


def test_menu_lists_what_the_assistant_can_help_with_and_each_line_can_be_picked(phone):
    menu = phone.say("MENU")
    lines = menu.splitlines()[1:]
    assert [line.split()[0] for line in lines] == [str(n) for n in range(1, len(lines) + 1)]
    assert segments(menu).parts <= 3
    answers = set()
    for number in range(1, len(lines) + 1):
        phone.say("menu")
        answers.add(phone.say(str(number)))
    assert len(answers) == len(lines)
    assert not [answer for answer in answers if "do not know" in answer]


def test_the_menu_can_be_picked_from_by_words_too(phone):
    phone.say("menu")
    assert phone.say("check my symptoms").startswith("I can ask up to 7 questions")


def test_a_symptom_check_is_answered_by_numbers_and_words(phone):
    assert "1 back" in phone.say(SCREENING)
    assert phone.say("two").startswith("1/")
    assert phone.say("#2").startswith("2/")
    assert phone.say("no").startswith("3/")
    assert "not on the list" not in phone.say("3.")


def test_the_number_after_the_last_answer_leaves_the_check(phone):
    phone.say(SCREENING)
    phone.say("1")
    assert phone.say("4").startswith("I have stopped the check")


def test_stop_the_check_ends_the_check_and_not_the_texts(phone):
    phone.say(SCREENING)
    assert phone.say("stop the check").startswith("I have stopped the check")
    assert phone.say("what is sciatica")


def test_how_to_book_is_answered_with_one_link(phone, project):
    answer = phone.say("how do i book an appointment")
    assert project.clinic().phone in answer
    assert answer.count("http") <= 1


def test_numbers_of_a_clarifying_question_are_read_by_the_assistant(phone):
    asked = phone.say("my back hurts and my legs feel a bit funny when i walk, is it serious")
    assert asked
    assert phone.say("no")


def test_a_phone_on_whatsapp_is_served_by_the_same_code_and_is_another_conversation(server, new_phone):
    text = new_phone()
    whatsapp = new_phone(number=text.number, over="whatsapp:")
    listed, _ = text.send("tablets")
    assert len(whatsapp.send("what is sciatica")) == 2
    nerve = next(number for number, title in choices_in(listed).items() if title == "Nerve pain medicines")
    assert "Gabapentin" in text.say(nerve)  # its list is still open
    assert "Gabapentin" not in whatsapp.say(nerve)
    assert len({sender for sender, _ in turns(server.database)[-3:]}) == 2


def test_menus_and_rests_have_an_end(server, phone):
    before = dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)
    phone.say("tablets")
    query = "select menu_until from sms_contact order by last_at desc limit 1"
    ((stored,),) = rows(server.database, query)
    until = dt.datetime.fromisoformat(stored)
    assert before + dt.timedelta(hours=23) < until < before + dt.timedelta(hours=25)
