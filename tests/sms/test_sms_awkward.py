"""Texts that are no question: pictures, places, nothing, far too much, machines; and red flags among them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from phone import SETTINGS, Phone, rows, turns
from web_server import RED_FLAG, Server

from backtalk.channels.sms_text import segments


def test_a_picture_without_words_is_answered_plainly(phone):
    said = phone.say("", NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="image/jpeg")
    assert said.startswith("I cannot open pictures")
    assert "911" in said


@pytest.mark.parametrize("kind", ["text/vcard", "audio/amr", "application/pdf", "video/mp4"])
def test_contact_cards_recordings_and_files_are_answered_like_pictures(phone, kind):
    assert phone.say(" ", NumMedia="1", MediaContentType0=kind).startswith("I cannot open pictures")


def test_words_with_a_picture_are_answered_and_the_picture_is_mentioned(phone):
    said = phone.say("what is sciatica", NumMedia="2")
    assert said.startswith("Sciatica")
    assert said.endswith("I cannot open the picture or file you sent.")


def test_a_red_flag_with_a_picture_is_answered_alone(phone):
    (said,) = phone.send(RED_FLAG, NumMedia="1")
    assert said.startswith("Call 911 now")
    assert "picture" not in said


def test_a_place_without_words_is_answered_plainly(phone):
    said = phone.say("", Latitude="40.7", Longitude="-74.0", Address="1 Main Street")
    assert said.startswith("I cannot use your location")


@pytest.mark.parametrize("body", ["", "   ", "\n\t", "\u200b", "\x00"])
def test_a_text_without_words_is_answered_plainly(phone, body):
    assert "911" in phone.say(body)


@pytest.mark.parametrize("body", ["👍", "😭😭😭", "🆘", "???", "....", "👨‍👩‍👧‍👦"])
def test_signs_and_emoji_alone_are_asked_for_words(phone, body):
    said = phone.say(body)
    assert "911" in said
    assert segments(said).encoding == "GSM-7"


@pytest.mark.parametrize(
    "body",
    [
        "/restart",
        "/worry_overdose",
        "<script>alert(1)</script>",
        "'; drop table events; --",
        "{clinic_phone}",
    ],
)
def test_typed_commands_and_code_are_words_like_others(phone, body):
    assert phone.say(body)
    assert phone.say("what is sciatica").startswith("Sciatica")


@pytest.mark.parametrize(
    "body", ["¿qué es la ciática?", "мне больно", "我的背痛", "\ud7ff￿", "a\u0301\u0301" * 50]
)
def test_any_script_is_answered(phone, body):
    assert phone.send(body)


def test_a_long_text_is_read_for_red_flags_before_it_is_refused(phone):
    story = "I went for a walk and then sat down again for a while. " * 40
    assert len(story) > 2000
    assert phone.say(story).startswith("That is more than I can read at once")
    (said,) = phone.send(f"{story} {RED_FLAG}")
    assert said.startswith("Call 911 now")


def test_a_text_of_1600_characters_is_answered(phone):
    assert phone.say(("what is sciatica and how long does it last? " * 40)[:1600])


@pytest.mark.parametrize(
    "form",
    [
        "Liked “{}”", "Loved “{}”", "Disliked “{}”", "Laughed at “{}”", "Emphasized “{}”", "Questioned “{}”",
        'Liked "{}"', "Reacted 👍 to “{}”", "Reacted ❤️ to “{}”", "👍 to “{}”", "Removed a like from “{}”",
        "​👍​ to “ {} ”",
    ],
)  # fmt: skip
def test_a_reaction_to_our_text_gets_no_answer(phone, form):
    said = phone.say("what is sciatica")
    assert phone.send(form.format(said)) == []
    assert phone.send(form.format(said[:60] + "…")) == []


def test_a_reaction_to_urgent_text_raises_no_alarm(phone):
    urgent = phone.say(RED_FLAG)
    assert phone.send(f"Loved “{urgent}”") == []


def test_a_reaction_to_a_picture_gets_no_answer(phone):
    assert phone.send("Liked an image") == []


def test_what_looks_like_a_reaction_but_tells_a_red_flag_gets_urgent_text(phone):
    (said,) = phone.send(f"Laughed at “{RED_FLAG}”")
    assert said.startswith("Call 911 now")


def test_our_own_text_sent_back_gets_no_answer(phone):
    said = phone.say("what is sciatica")
    assert phone.send(said) == []
    assert phone.send(phone.say(RED_FLAG)) == []


@pytest.mark.parametrize(
    "body",
    [
        "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get there.",
        "I’m driving right now. Will get back to you later.",
        '(I\'m not receiving notifications. If this is urgent, reply "urgent" to send a notification.)',
        "Auto-reply: I am away from my phone",
        "[Auto-Reply] On holiday until Monday",
        "This is an automated message. Please do not reply.",
        "Sorry, I'm in a meeting, will get back to you soon",
        "Thank you for contacting Smith Motors. We will get back to you shortly.",
        "We have received your message and will reply as soon as we can.",
    ],
)
def test_automatic_replies_get_no_answer(phone, body):
    assert phone.send(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "I'm driving a lot, is that bad for my back",
        "driving hurts my back",
        "i'm away from work with my back",
    ],
)
def test_what_patients_say_of_driving_is_no_automatic_reply(phone, body):
    assert phone.say(body)


def test_an_automatic_reply_with_a_red_flag_gets_urgent_text(phone):
    (said,) = phone.send(f"Auto-reply: {RED_FLAG}")
    assert said.startswith("Call 911 now")


def test_the_same_words_five_times_are_taken_for_a_machine_and_short_words_are_not(phone):
    text = "thanks we got it and will look at it"
    answers = [phone.send(text) for _ in range(6)]
    assert all(answers[:4])
    assert all("many texts" in answer[0] for answer in answers[4:])
    assert all(phone.send("no") for _ in range(7))


def test_who_says_a_red_flag_again_and_again_is_told_every_time(phone):
    assert all("911" in phone.send(RED_FLAG)[0] for _ in range(18))


def test_texts_within_seconds_are_answered_each_and_in_order(server, new_phone):
    phone = new_phone().greeted()
    texts = ["what is sciatica", "does massage help", "should i rest", "what causes back pain"]
    forms = [phone.fields(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(phone.post, forms))
    assert [answer.text.count("<Message") for answer in answers] == [1, 1, 1, 1]
    sids = [sid for _, sid in turns(server.database)[-4:]]
    assert sorted(sids) == sorted(form["MessageSid"] for form in forms)
    assert max(answer.elapsed.total_seconds() for answer in answers) < 5


@pytest.mark.parametrize("sender", ["12345", "MYBANK", "AD-ICICIB", "+1", "rcs:agent", "unknown'; --"])
def test_what_is_no_persons_phone_gets_no_answer_but_urgent_text(server, new_phone, sender):
    phone = new_phone(number=sender)
    before = len(turns(server.database))
    assert phone.send("Your code is 123456") == []
    assert phone.send("what is sciatica") == []
    (said,) = phone.send(RED_FLAG)
    assert said.startswith("Call 911 now")
    assert len(turns(server.database)) == before


def test_whatsapp_names_of_people_without_a_number_are_answered(new_phone):
    phone = new_phone(number="US.13491208655302741918", over="whatsapp:")
    assert phone.say("what is sciatica").startswith("Sciatica")


@pytest.mark.parametrize(
    "before",
    [
        [], ["hello"], ["does massage help"], ["tablets"], ["what is the weather"], ["check my symptoms"],
        ["check my symptoms", "1"], ["MENU"], ["what is sciatica? and should i rest?"], ["STOP"],
        ["STOP", "START"], ["HELP"], [RED_FLAG], ["tablets", "2"], ["how do i book"],
    ],
    ids=lambda before: " then ".join(before)[:40] or "at the start",
)  # fmt: skip
def test_a_red_flag_is_answered_first_and_its_action_is_in_the_first_part(new_phone, before):
    phone = new_phone()
    for text in before:
        phone.send(text)
    (said,) = phone.send(RED_FLAG)
    assert "Call 911 now" in said[:153]
    assert segments(said).parts <= 3


@pytest.fixture(scope="module")
def limited(trained, tmp_path_factory):
    """A server with a limit, as in service."""
    settings = {**SETTINGS, "BACKTALK_SMS_RATE": "20 per hour"}
    server = Server(tmp_path_factory.mktemp("limited"), **settings)
    yield server.start()
    server.kill()


def test_a_phone_that_texts_without_end_is_told_so_for_a_while_and_red_flags_are_still_answered(limited):
    phone = Phone(limited.url).greeted()
    answers = [phone.send(f"question number {n} on my back") for n in range(60)]
    answered = [answer for answer in answers if answer]
    told = [text for answer in answered for text in answer if text.startswith("You have sent many texts")]
    assert len(told) == 30
    assert answers[-1] == []
    (said,) = phone.send(RED_FLAG)
    assert said.startswith("Call 911 now")
    assert phone.say("STOP").startswith("You have ended texts")
    assert phone.send("HELP") == []
    assert phone.say(RED_FLAG).startswith("Call 911 now")
    other = Phone(limited.url)
    assert other.send("what is sciatica")
    stored = rows(limited.database, "select count(*) from sms_answer where sender not like 'sms-%'")
    assert stored == [(0,)]
