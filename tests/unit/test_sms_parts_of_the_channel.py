"""The pure parts of the SMS channel: keywords, numbers, menus, senders, machines."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtalk.channels.reply import Button, Reply
from backtalk.channels.sms_conversation import KnownStops, replies_to
from backtalk.channels.sms_keywords import Keyword, keyword_of
from backtalk.channels.sms_limits import SmsLimits
from backtalk.channels.sms_machines import is_auto_reply, is_reaction, says_back
from backtalk.channels.sms_menu import menu_of, named, number_meant, numbers_itself
from backtalk.channels.sms_picks import Missed, picked
from backtalk.channels.sms_records import Contact
from backtalk.channels.sms_reply import sms_reply
from backtalk.channels.sms_sender import Address
from backtalk.channels.sms_text import segments
from backtalk.channels.sms_twiml import twiml

REGIONS = "Where is it? Reply 1 back, 2 neck, 3 head, 4 more than one, 5 leave the check."
FIVE = tuple(Button(title, title) for title in ("Back", "Neck", "Head", "More than one", "Stop the check"))
TOPICS = (
    Button("Rest or keep moving", "/selfcare_rest"),
    Button("How long pain lasts", "/condition_how_long"),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2), (" 2. ", 2), ("#2", 2), ("(2)", 2), ("2)", 2), ("two", 2), ("Two!", 2), ("option two", 2),
        ("number 3", 3), ("the third one", 3), ("3rd", 3), ("10", 10), ("ten", 10), ("3️⃣", 3), ("２", 2),
        ("2 please", 2), ("i want 4", 4), ("no. 4", 4), ("0", 0),
        ("2 weeks", None), ("2 or 3", None), ("no", None), ("yes", None), ("202 555 0143", None), ("", None),
        ("one of my legs", None), ("123", None), ("2/10", None), ("none", None), ("tendon", None),
    ],
)  # fmt: skip
def test_a_number_is_meant_only_if_it_is_all_that_is_said(text, number):
    assert number_meant(text) == number


def test_a_text_that_numbers_its_own_choices_is_known():
    assert numbers_itself(REGIONS, 5)
    assert numbers_itself("2/7: Do you have chest pain? Reply 1 yes, 2 no, 3 not sure, 4 leave the check.", 4)
    assert not numbers_itself("See a doctor within 2 weeks. Call 1 of these: 911.", 2)
    assert not numbers_itself(REGIONS, 6)
    assert not numbers_itself("1 back", 1)


def test_choices_become_numbered_lines():
    menu = menu_of([Reply("Which one?", "choices", buttons=TOPICS, offers=("a/b", "c/d"))])
    assert menu.lines == ("1 Rest or keep moving", "2 How long pain lasts")
    assert menu.buttons == TOPICS


def test_suggestions_under_an_answer_are_left_out_and_its_own_buttons_are_not():
    ask = Button("Ask for an appointment", "/booking_start")
    reply = Reply("To book, call us.", "handoff", buttons=(ask, *TOPICS), offers=("a/b", "c/d"))
    assert menu_of([reply]).lines == ("1 Ask for an appointment",)


def test_a_question_that_numbers_itself_comes_first_and_other_choices_count_on():
    choices = Reply("Which one?", "choices", buttons=TOPICS, offers=("a/b", "c/d"))
    menu = menu_of([choices, Reply(REGIONS, "screening", buttons=FIVE)])
    assert menu.buttons == (*FIVE, *TOPICS)
    assert menu.lines == ("6 Rest or keep moving", "7 How long pain lasts")


def test_words_that_a_question_names_get_no_numbers():
    buttons = tuple(Button(word, word) for word in ("Yes", "No", "Not sure"))
    menu = menu_of([Reply("Is it new? Reply YES, NO or NOT SURE.", "ask", buttons=buttons)])
    assert menu.lines == ()
    assert menu.buttons == ()


def test_nothing_is_offered_beside_urgent_text():
    urgent = Reply("Call 911 now.", "urgent", buttons=(Button("I have called", "/after_urgent_called"),))
    reply = sms_reply([urgent], note="I cannot open the picture.")
    assert reply.text == "Call 911 now."
    assert reply.menu == ()
    assert reply.is_urgent


def test_urgent_text_is_put_first():
    reply = sms_reply([Reply("Heat helps.", "inform"), Reply("Call 911 now.", "urgent")])
    assert reply.text.startswith("Call 911 now.")


@given(st.lists(st.text(min_size=1, max_size=900), min_size=1, max_size=3))
def test_no_message_has_more_than_three_parts(texts):
    replies = [Reply(f"a{text}", "inform") for text in texts]
    reply = sms_reply(replies)
    assert all(segments(page).parts <= 3 for page in (reply.text, *reply.rest))


def test_titles_are_picked_by_their_start_if_only_one_begins_so():
    menu = (*TOPICS, Button("How much rest", "/x"))
    assert named("rest or", menu) == TOPICS[0]
    assert named("how", menu) is None
    assert named("how long", menu) == TOPICS[1]
    assert named("2", menu) is None


NOW = dt.datetime(2026, 11, 21, 12)
LATER = NOW + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "menu", "until", "found"),
    [
        ("2", TOPICS, LATER, TOPICS[1]),
        ("rest or", TOPICS, LATER, TOPICS[0]),
        ("3", TOPICS, LATER, Missed.NOT_THERE),
        ("2", TOPICS, NOW, Missed.OLD),
        ("rest or", TOPICS, NOW, None),
        ("2", (), LATER, Missed.NO_MENU),
        ("2", (), None, None),
        ("two", FIVE, LATER, FIVE[1]),
        ("9", FIVE, LATER, None),
        ("neck", FIVE, LATER, None),
        ("i cannot feel my legs", (Button("I cannot feel my legs", "/x"),), LATER, None),
    ],
)
def test_a_text_picks_from_the_menu_that_is_open(text, menu, until, found):
    assert picked(text, Contact(menu=menu, menu_until=until), NOW) == found


@given(st.text())
def test_no_text_breaks_the_reading_of_keywords_numbers_and_reactions(text):
    keyword_of(text, is_stopped=True)
    number_meant(text)
    is_reaction(text)
    says_back(text, ["what we said before, which is a text of some length"])


def test_yes_is_start_only_for_a_phone_that_stopped():
    assert keyword_of("YES", is_stopped=True) is Keyword.START
    assert keyword_of("YES", is_stopped=False) is None
    assert keyword_of("stop-all", is_stopped=False) is Keyword.STOP
    assert keyword_of("stop it", is_stopped=False) is None


@pytest.mark.parametrize(
    ("written", "is_person"),
    [
        ("+12025550143", True), ("whatsapp:+447700900123", True), ("whatsapp:US.1349120865530", True),
        ("12345", False), ("MYBANK", False), ("+0123456789", False), ("whatsapp:", False),
        ("+1202555014３", False),
    ],
)  # fmt: skip
def test_short_codes_and_names_are_no_persons_phone(written, is_person):
    assert Address(written).is_person is is_person


def test_a_sender_id_depends_on_key_and_channel_and_hides_the_number():
    text, whatsapp = Address("+12025550143"), Address("whatsapp:+12025550143")
    ids = {text.sender(b"k"), whatsapp.sender(b"k"), text.sender(b"other")}
    assert len(ids) == 3
    assert text.sender(b"k") == Address("+12025550143").sender(b"k")
    assert all(re.fullmatch("sms-[0-9a-f]{32}", one) for one in ids)
    assert "202" not in repr(text)


def test_a_quote_that_is_not_ours_is_no_saying_back():
    assert says_back("Liked “Heat helps”", ["Heat helps. Ice too."])
    assert not says_back("Liked “I cannot feel my legs”", ["Heat helps. Ice too."])


def test_auto_replies_are_matched_whole():
    patterns = [re.compile("i'?m driving, .*later")]
    assert is_auto_reply("I’m driving, call you LATER", patterns)
    assert not is_auto_reply("I'm driving, call you later. My leg is numb", patterns)


def test_the_replies_of_a_stored_turn_are_those_after_its_message():
    events = [
        {"event": "user", "message_id": "a"}, {"event": "bot", "text": "one"},
        {"event": "user", "message_id": "b"}, {"event": "bot", "text": "two"},
        {"event": "bot", "text": "three"},
        {"event": "user", "message_id": "c"},
    ]  # fmt: skip
    assert [reply.text for reply in replies_to("b", events)] == ["two", "three"]
    assert replies_to("c", events) == []
    assert replies_to("d", events) == []


def test_limits_count_each_phone_alone():
    limits = SmsLimits([])
    assert not any(limits.is_over("a") for _ in range(100))
    text = "the same words again and again"
    assert [limits.is_loop("a", text) for _ in range(5)] == [False] * 4 + [True]
    assert not limits.is_loop("b", text)


def test_only_the_latest_stops_are_remembered_in_memory():
    stops = KnownStops()
    for number in range(10_002):
        stops.note(f"sms-{number}", True)
    assert not stops.has("sms-0")
    assert stops.has("sms-10001")
    stops.note("sms-10001", False)
    assert not stops.has("sms-10001")


def test_twiml_holds_what_xml_can_hold():
    shown = twiml(["a < b & \x00\x08c\ud800", "2"], "https://x.org/s?about=urgent&x=1")
    assert "a &lt; b &amp; c</Message>" in shown
    assert "about=urgent&amp;x=1" in shown
    assert twiml([], "https://x.org").endswith("<Response />")
