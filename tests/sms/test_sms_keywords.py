"""STOP, START and HELP, as carriers require them, and the red flag of a phone that has stopped."""

import pytest
from phone import SETTINGS, Phone, change, new_sid, rows, turns
from web_server import RED_FLAG, Server, until

STOPS = [
    "STOP",
    "stop",
    "Stop.",
    "STOPALL",
    "Unsubscribe",
    "END",
    "cancel",
    "Quit!",
    "REVOKE",
    "OptOut",
    " stop ",
]


@pytest.fixture
def stopped(phone) -> Phone:
    """A phone that has said STOP."""
    phone.say("STOP")
    return phone


@pytest.mark.parametrize("word", STOPS)
def test_the_stop_family_is_confirmed_once_and_ends_all_answers(phone, word, project):
    confirmed = phone.say(word)
    assert project.clinic().name in confirmed
    assert "START" in confirmed
    assert phone.send("what is sciatica") == []
    assert phone.send("STOP") == []
    assert phone.send("MENU") == []
    assert phone.send("2") == []


def test_stop_is_confirmed_to_a_phone_that_never_wrote_and_brings_no_notice(new_phone):
    (confirmed,) = new_phone().send("STOP")
    assert confirmed.startswith("You have ended texts")


@pytest.mark.parametrize("word", ["START", "start", "UNSTOP", "Yes", "yes."])
def test_the_start_family_starts_texts_again(stopped, word):
    assert stopped.say(word).startswith("You get texts from")
    assert stopped.say("what is sciatica").startswith("Sciatica")


def test_yes_is_an_ordinary_word_while_texts_are_on(phone):
    assert "You get texts" not in phone.say("yes")
    assert phone.say("START").startswith("You already get texts")


@pytest.mark.parametrize("word", ["HELP", "help", "Info", "help?"])
def test_help_names_the_clinic_its_phone_the_emergency_number_and_stop(phone, word, project):
    clinic = project.clinic()
    said = phone.say(word)
    for told in (clinic.name, clinic.phone, clinic.emergency, "STOP", "rates may apply"):
        assert told in said


def test_help_is_answered_after_stop_too(stopped, project):
    assert project.clinic().phone in stopped.say("HELP")
    assert stopped.send("what is sciatica") == []


@pytest.mark.parametrize(
    "text",
    ["stop the check", "please stop", "how do i stop texts", "help me", "start exercises?", "the end"],
)
def test_only_a_word_alone_is_a_keyword(server, phone, text):
    assert phone.say(text)
    assert phone.say("what is sciatica")


def test_stop_alone_ends_texts_in_the_middle_of_a_symptom_check(phone):
    phone.say("check my symptoms")
    assert phone.say("stop").startswith("You have ended texts")


def test_a_red_flag_after_stop_still_gets_urgent_text_and_nothing_else(stopped):
    (urgent,) = stopped.send(RED_FLAG)
    assert urgent.startswith("Call 911 now")
    assert stopped.send("what is sciatica") == []


@pytest.mark.parametrize("before", ["STOP. ", "stop ", "END "])
def test_a_red_flag_behind_the_word_stop_is_answered_and_stops_nothing(phone, before):
    (urgent,) = phone.send(before + RED_FLAG)
    assert urgent.startswith("Call 911 now")
    assert phone.say("what is sciatica")


def test_what_a_stopped_phone_writes_is_not_stored(server, stopped):
    before = len(turns(server.database))
    stopped.send("ottilie asks what sciatica is")
    stopped.send(RED_FLAG)
    assert len(turns(server.database)) == before
    noticed = "select 1 from triage_event where channel = 'sms' and tier = 'emergency'"
    until(lambda: rows(server.database, noticed), what="the triage event")


def test_a_stop_that_comes_twice_is_confirmed_twice_with_the_same_words(phone):
    sid = new_sid()
    first = phone.send("STOP", sid)
    assert phone.send("STOP", sid) == first


def test_an_old_stop_that_comes_again_after_start_does_not_stop_again(phone):
    sid = new_sid()
    phone.send("STOP", sid)
    phone.send("START")
    phone.send("STOP", sid)
    assert phone.say("what is sciatica")


def test_stop_says_when_and_so_does_start(server, new_phone):
    phone = new_phone().greeted()
    phone.say("STOP")
    phone.say("START")
    stored = rows(
        server.database,
        "select is_stopped, stopped_at is not null, started_at is not null from sms_contact"
        " order by last_at desc limit 1",
    )
    assert stored == [(0, 1, 1)]


@pytest.mark.parametrize(("kind", "word"), [("STOP", "ARRET"), ("START", "BEGIN"), ("HELP", "AIDE")])
def test_twilios_own_opt_out_is_noted_and_not_answered_a_second_time(phone, kind, word):
    if kind == "START":
        phone.say("STOP")
    assert phone.send(word, OptOutType=kind) == []
    answered = phone.send("what is sciatica")
    assert bool(answered) is (kind != "STOP")


def test_a_stopped_phone_stays_stopped_when_its_data_is_erased_or_old(server, new_phone):
    phone = new_phone().greeted()
    phone.say("STOP")
    change(server.database, "update sms_contact set last_at = '2020-01-01 00:00:00.000000'")
    server.stop()
    server.start()
    phone.http.base_url = server.url
    until(
        lambda: not rows(server.database, "select 1 from sms_contact where not is_stopped"),
        what="the deletion of phones that were not heard of",
    )
    assert phone.send("what is sciatica") == []


@pytest.fixture(scope="module")
def other(trained, tmp_path_factory):
    """A server whose clinic has Twilio answer the keywords, and wants nothing after STOP."""
    settings = {"BACKTALK_SMS_URGENT_AFTER_STOP": "off", "BACKTALK_SMS_KEYWORD_REPLIES": "twilio"}
    server = Server(tmp_path_factory.mktemp("other"), **{**SETTINGS, **settings})
    yield server.start()
    server.kill()


def test_where_twilio_answers_keywords_backtalk_only_keeps_them(other):
    phone = Phone(other.url).greeted()
    assert phone.send("HELP") == []
    assert phone.send("STOP") == []
    assert phone.send("what is sciatica") == []
    assert phone.send("START") == []
    assert phone.say("what is sciatica")


def test_with_the_setting_off_a_stopped_phone_gets_nothing_at_all(other):
    phone = Phone(other.url).greeted()
    phone.send("STOP")
    assert phone.send(RED_FLAG) == []
