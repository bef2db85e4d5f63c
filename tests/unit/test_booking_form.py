"""The parts of the booking form, without the engine: names, numbers, progress, and any text at all."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtalk.booking.asking import asks_to_begin, orders_visit
from backtalk.booking.cipher import FieldCipher
from backtalk.booking.early_details import SECONDS, EarlyDetails
from backtalk.booking.fit import Fit, fit, holds_details
from backtalk.booking.form import BookingForm
from backtalk.booking.form_move import Outcome
from backtalk.booking.form_setting import setting_of
from backtalk.booking.form_texts import say
from backtalk.booking.form_words import FormFileError, load_form_words, shipped_form_words
from backtalk.booking.person_name import find_name, read_name
from backtalk.booking.phone_number import find_number, shown
from backtalk.booking.progress import Progress, Step
from backtalk.booking.service_choice import named_service
from backtalk.clinic import load_clinic
from backtalk.content.topic_file import read_topic
from backtalk.understanding.erase_request import asks_to_erase

ROOT = Path(__file__).resolve().parents[2]
NOW = dt.datetime(2026, 11, 21, 15, 0, tzinfo=dt.timezone.utc)
WORDS = shipped_form_words()
SETTING = setting_of(load_clinic(ROOT / "clinic.yml"), NOW, WORDS.consent_digest)
FORM = BookingForm(WORDS, SETTING, NOW)
CIPHER = FieldCipher((), b"a key of a clinic, 32 bytes long")
REPLIES = st.sampled_from(
    [
        "yes", "no", "physio", "back", "skip", "why", "1", "2", "9", "Ann Lee", "202 555 0143", "call",
        "text",
        "tues after 4", "32nd of june", "change the name", "no, Thursday", "start over", "summary",
        "not sure",
        "my neck", "actually my number is 202 555 0199", "send it", "nothing", "<b>", "stop",
    ]
)  # fmt: skip


def after(*replies, begun="book me in please"):
    move = FORM.begun(begun)
    for reply in replies:
        move = FORM.after(move.progress, reply)
    return move


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Ann Lee", "Ann Lee"), ("my name is ann lee", "ann lee"), ("I'm Ann", "Ann"),
        ("José García-López", "José García-López"), ("it's O'Brien please", "O'Brien"), ("李小龙", "李小龙"),
        ("Ann 😀 Lee", "Ann Lee"), ("Mr. John Smith Jr.", "Mr. John Smith Jr"),
        ("😀", None), ("x" * 500, None), ("<script>alert(1)</script>", None), ("", None), ("12", None),
        ("Robert'); DROP TABLE students;--", None), ("what is sciatica", None), ("who are you?", None),
    ],
)  # fmt: skip
def test_a_name_is_read_as_it_was_typed_or_not_at_all(said, name):
    assert read_name(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("book physio, I'm Ann Lee 202 555 0143", "Ann Lee"),
        ("Ann Lee, 202 555 0143", "Ann Lee"),
        ("my name is bob and my number is 3", "bob"),
        ("i'm looking for an appointment", None),
        ("I'm in pain", None),
        ("I'm Struggling with my back", None),
    ],
)
def test_a_name_among_other_words_is_found_only_where_it_is_said_to_be_one(said, name):
    assert find_name(said) == name


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("202 555 0143", "+12025550143"), ("(202) 555-0143", "+12025550143"),
        ("202 5550 143", "+12025550143"),
        ("call me on 2025550143 please", "+12025550143"), ("+44 20 7946 0958", "+442079460958"),
        ("12345", None), ("555-0143", None), ("999 999 9999", None), ("000-000-0000", None), ("", None),
        ("<a href='tel:1'>", None), ("my number", None),
    ],
)  # fmt: skip
def test_a_number_is_one_that_can_be_called(said, number):
    found = find_number(said, "US")
    assert (found.e164 if found else None) == number


def test_a_number_is_shown_as_it_is_read_aloud():
    assert shown("+12025550143", "US") == "(202) 555-0143"
    assert shown("+442079460958", "US") == "+44 20 7946 0958"
    assert shown("+442079460958", "GB") == "020 7946 0958"


@pytest.mark.parametrize(
    ("said", "service"),
    [
        ("physio", "physiotherapy"), ("Physical therapy please", "physiotherapy"), ("massages", "massage"),
        ("needles", "acupuncture"), ("yoga class", "exercise classes"),
        ("I need a sign language interpreter", None),
        ("sciatica", None), ("", None),
    ],
)  # fmt: skip
def test_a_service_is_known_by_its_other_names(said, service):
    assert named_service(said, SETTING.services, WORDS.services) == service


def test_how_it_is_put_decides_between_the_form_and_the_answer():
    topic = read_topic(ROOT / "data" / "topics" / "booking" / "book.yml").topic
    begins = {text for text, _ in topic.examples if asks_to_begin(text)}
    assert {"book me in please", "i want to book", "appointment please", "book"} <= begins
    assert (
        not {"how do i book an appointment", "how to book", "when is the next free slot", "booking"} & begins
    )
    assert asks_to_begin("can you book my wife in for monday")
    assert not asks_to_begin("what happens when i book a massage")
    assert not asks_to_begin("I have an appointment on Friday")
    assert asks_to_begin("I would like to have an appointment")
    assert orders_visit("book a massage")
    assert not orders_visit("does massage help")


def test_what_is_ordered_elsewhere_or_was_booked_before_begins_nothing():
    for text in (
        "book me a taxi to the clinic", "book us in for sunday roast",
        "can you move my appointment to friday",
        "the pain clinic has put me down for an injection in my back", "please cancel my booking",
        "i cannot put my chin to my chest, my joints hurt",
    ):  # fmt: skip
        assert not orders_visit(text), text


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("delete my data", True), ("forget me", True), ("i want my chat deleted", True),
        ("how do i delete my data", False), ("what do you store about me", False), ("is this private", False),
        ("do you delete my data", False),
    ],
)  # fmt: skip
def test_deleting_is_asked_for_or_asked_about(said, asks):
    assert asks_to_erase(said) is asks


@pytest.mark.parametrize(
    ("step", "said", "wanted"),
    [
        (Step.NAME, "Ann Lee", Fit.YES), (Step.NAME, "what is sciatica", Fit.NO), (Step.NAME, "why", Fit.YES),
        (Step.PHONE, "202 555 0143", Fit.YES), (Step.PHONE, "how much is it?", Fit.NO),
        (Step.EXISTING, "yes", Fit.YES), (Step.EXISTING, "my back hurts", Fit.MAYBE),
        (Step.SERVICE, "physio", Fit.YES), (Step.SERVICE, "what is physio", Fit.NO),
        (Step.TIMES, "when the kids are at school", Fit.MAYBE), (Step.TIMES, "tues after 4", Fit.YES),
        (Step.NEEDS, "i use a wheelchair", Fit.YES), (Step.SUMMARY, "send it", Fit.YES),
        (Step.REACH, "please text me", Fit.YES), (Step.CONSENT, "who reads it?", Fit.YES),
    ],
)  # fmt: skip
def test_a_message_is_for_the_form_or_a_question_of_its_own(step, said, wanted):
    assert fit(step, said, WORDS, NOW.date()) is wanted


def test_nothing_that_identifies_is_written_before_consent():
    progress = FORM.begun("book physio friday, I'm Ann Lee 202 555 0143").progress
    assert (progress.name, progress.phone) == ("Ann Lee", "+12025550143")
    stored = progress.as_dict(CIPHER.encrypt)
    unsealed = Progress.from_dict(stored, CIPHER.decrypt)
    assert (unsealed.name, unsealed.phone) == (None, None)
    assert not unsealed.has(Step.NAME)
    assert unsealed.times == "Fridays"


def test_what_is_written_after_consent_is_encrypted_and_comes_back():
    progress = after("physio", "yes", "yes", "Ann Lee", "202 555 0143", "text", "yes", "fridays").progress
    stored = progress.as_dict(CIPHER.encrypt)
    for secret in ("Ann", "2025550143", "Fridays"):
        assert secret not in json.dumps(stored)
    assert Progress.from_dict(stored, CIPHER.decrypt) == progress


def test_what_cannot_be_decrypted_is_asked_again():
    progress = after("physio", "yes", "yes", "Ann Lee", "202 555 0143").progress
    other = FieldCipher((), b"another key that is long enough!")
    again = Progress.from_dict(progress.as_dict(CIPHER.encrypt), other.decrypt)
    assert again.step is Step.NAME
    assert again.service == "physiotherapy"


def test_early_details_are_forgotten_after_a_while():
    now = [0.0]
    early = EarlyDetails(clock=lambda: now[0])
    early.keep("web-1", {Step.NAME: "Ann"})
    assert early.of("web-1") == {Step.NAME: "Ann"}
    assert early.of("web-2") == {}
    now[0] = SECONDS + 1
    assert early.of("web-1") == {}


def test_the_version_of_the_consent_changes_with_its_text(tmp_path):
    file = tmp_path / "form.yml"
    text = (ROOT / "data" / "booking" / "form.yml").read_text(encoding="utf-8")
    file.write_text(text.replace("Who reads it: the clinic's front desk", "Who reads it: everybody"))
    assert load_form_words(file).consent_digest != WORDS.consent_digest


@pytest.mark.parametrize(
    ("old", "new"),
    [("  consent:", "  konsent:"), ("phrases:", "phrases: ["), ('why: "^(?:but', 'why: "^(?:(but')],
)
def test_a_broken_file_is_one_line_that_names_it(tmp_path, old, new):
    file = tmp_path / "form.yml"
    text = (ROOT / "data" / "booking" / "form.yml").read_text(encoding="utf-8")
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(FormFileError, match=r"form\.yml"):
        load_form_words(file)


@pytest.mark.parametrize(
    "text", ["my name is Ann", "202 555 0143", "Ann Lee, 202 555 0143", "book me friday"]
)
def test_an_opening_with_details_is_known_as_such(text):
    assert holds_details(text, NOW.date())


def test_an_opening_without_details_is_stored_as_it_is():
    assert not holds_details("book me in for physio please", NOW.date())


@settings(deadline=None)
@given(st.text())
def test_any_text_as_a_reply_to_any_question_moves_or_asks_again(text):
    for number in range(10):
        progress = after(
            *["physio", "yes", "yes", "Ann", "202 555 0143", "call", "yes", "fri", "no"][:number]
        ).progress
        assert FORM.after(progress, text).outcome in Outcome
        assert fit(progress.step, text, WORDS, NOW.date()) in Fit
    assert FORM.begun(text).progress.step in Step


@settings(max_examples=200, deadline=None)
@given(st.lists(REPLIES, max_size=25), st.sampled_from(["web", "sms"]))
def test_no_order_of_replies_stores_an_incomplete_request_or_breaks_a_text(replies, channel):
    progress = Progress()
    for reply in replies:
        move = FORM.after(progress, reply)
        if move.outcome is Outcome.STORE:
            kept = move.progress
            assert None not in (kept.service, kept.consent, kept.name, kept.phone, kept.reach)
        progress = move.progress
        said = say(move, channel, WORDS, SETTING)
        assert said.asks.strip()
        assert Progress.from_dict(progress.as_dict(CIPHER.encrypt), CIPHER.decrypt).step in Step
        if progress.consent:
            assert Progress.from_dict(progress.as_dict(CIPHER.encrypt), CIPHER.decrypt) == progress
