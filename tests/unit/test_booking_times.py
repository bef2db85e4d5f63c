"""Days and times in free words are shown back in plain words, or asked again for a reason."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtalk.booking.clock import date_words
from backtalk.booking.times import Fault, Hours, find_times, read_times

SATURDAY = dt.date(2026, 11, 21)
OPENING = {
    "mon": "09:00-17:00",
    "tue": "09:00-17:00",
    "wed": "09:00-17:00",
    "thu": "09:00-19:00",
    "fri": "09:00-16:00",
}
US = Hours(SATURDAY, OPENING, twelve_hours=True, month_first=True)
UK = Hours(SATURDAY, OPENING)
SCRAPS = st.lists(
    st.sampled_from(
        (
            "tues after 4 any morning next week not before 10 weekends asap the 3rd tomorrow pm "
            "between 2 and - on fridays except monday 32nd of june 12/3 31/31/31 , or 1630 25:99 half "
            "past noon 0 99999 may sat !"
        ).split()
    )
).map(" ".join)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("tues after 4", "Tuesdays after 4 pm"),
        ("Tuesday after 4:30pm or Thursday", "Tuesdays after 4:30 pm, or Thursdays"),
        ("any morning next week", "in the week of Monday 23 November, in the morning"),
        ("not before 10", "after 10 am"),
        ("i can do mondays and wednesdays but not before 10", "Mondays or Wednesdays after 10 am"),
        ("asap", "as soon as possible"),
        ("the 3rd", "Thursday 3 December"),
        ("the 31st", "Thursday 31 December"),
        ("between 2 and 4 on fridays", "Fridays between 2 pm and 4 pm"),
        ("any time except monday", "any time except Mondays"),
        ("mon-wed mornings", "Mondays to Wednesdays in the morning"),
        ("mon am or wed pm", "Mondays in the morning, or Wednesdays in the afternoon"),
        ("next tuesday", "Tuesday 24 November"),
        ("half past 3 on friday", "Fridays at 3:30 pm"),
        ("weekdays after work", "Mondays to Fridays after work"),
        ("tues or thurs 10-12", "Tuesdays or Thursdays between 10 am and noon"),
        ("9-5", "between 9 am and 5 pm"),
        ("11-1", "between 11 am and 1 pm"),
        ("first thing monday", "Mondays in the early morning"),
        ("whenever suits", "any time"),
        ("nxt wk mornings plz", "in the week of Monday 23 November, in the morning"),
        ("12/3/2026", "Thursday 3 December"),
        ("thursday evening", "Thursdays in the evening"),
    ],
)
def test_what_is_understood_is_shown_back(said, shown):
    assert read_times(said, US).words == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("tues after 4", "Tuesdays after 16:00"),
        ("3/12/2026", "Thursday 3 December"),
        ("fri before noon", "Fridays before 12:00"),
    ],
)
def test_where_the_clock_has_24_hours_it_is_shown_so(said, shown):
    assert read_times(said, UK).words == shown


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("32nd of june", Fault.NO_SUCH_DATE),
        ("feb 30", Fault.NO_SUCH_DATE),
        ("31/31/2026", Fault.NO_SUCH_DATE),
        ("yesterday", Fault.PAST),
        ("last tuesday", Fault.PAST),
        ("1 november 2020", Fault.PAST),
        ("nov 3", Fault.PAST),
        ("sunday", Fault.CLOSED),
        ("weekends", Fault.CLOSED),
        ("tomorrow pm", Fault.CLOSED),
        ("after 8 pm", Fault.CLOSED),
        ("fridays after 5", Fault.CLOSED),
        ("tuesday or " * 30, Fault.TOO_LONG),
    ],
)
def test_what_cannot_be_has_its_reason(said, fault):
    assert read_times(said, US).fault is fault
    assert read_times(said, US).words is None


@pytest.mark.parametrize(
    "said",
    [
        "when my husband is home", "any day but not friday afternoon", "anything after the 5th",
        "mid december",
        "the week of 7 december", "christmas", "not between 12 and 1", "wibble",
        "tuesday after my dialysis", "",
    ],
)  # fmt: skip
def test_what_is_understood_in_part_only_is_not_shown_as_understood(said):
    read = read_times(said, US)
    assert (read.words, read.fault) == (None, None)


def test_a_closed_day_among_others_is_no_fault():
    assert read_times("sat or mon", US).words == "Mondays or Saturdays"


def test_without_opening_hours_no_day_is_closed():
    assert read_times("sunday", Hours(SATURDAY)).words == "Sundays"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("book physio tuesday after 4, I'm Ann Lee", "Tuesdays after 4 pm"),
        ("can i come in on friday morning please", "Fridays in the morning"),
        ("book me in, my back hurts since tuesday", None),
        ("my back went last monday, can i book", None),
        ("i want to book", None),
        ("may i book, sat down and it hurt", None),
    ],
)
def test_a_wish_for_a_time_is_found_among_other_words(said, words):
    assert find_times(said, US).words == words


@settings(deadline=None)
@given(st.text() | SCRAPS)
def test_no_text_at_all_is_too_much(text):
    for hours in (US, UK, Hours(SATURDAY)):
        for read in (read_times(text, hours), find_times(text, hours)):
            assert read.words is None or read.fault is None
            assert read.words is None or read.words.strip()


@settings(deadline=None)
@given(SCRAPS, st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 31)))
def test_it_works_on_every_day_of_the_calendar(text, today):
    read_times(text, Hours(today, OPENING))


@settings(deadline=None)
@given(st.dates(dt.date(2024, 1, 1), dt.date(2040, 12, 31)), st.integers(1, 31))
def test_a_day_of_the_month_is_one_to_come(today, day):
    read = read_times(f"the {day}th", Hours(today))
    assert read.fault is None
    assert f" {day} " in f"{read.words} "


@pytest.mark.parametrize("days", range(7))
def test_a_date_and_a_week_are_two_wishes_on_whatever_day_they_are_told(days):
    today = SATURDAY + dt.timedelta(days=days)
    hours = dataclasses.replace(US, today=today)
    monday = date_words(today + dt.timedelta(days=7 - today.weekday()), today)
    tomorrow = date_words(today + dt.timedelta(days=1), today)
    told = f"{tomorrow}, or in the week of {monday}"
    assert read_times("tomorrow or any day next week", hours).words == told
    assert read_times("this week or next week", hours).words.endswith(f", or in the week of {monday}")


def test_a_date_in_a_week_says_which_day_of_it():
    date = SATURDAY + dt.timedelta(days=9 - SATURDAY.weekday())  # the third day of next week
    words = read_times(f"next week, {date.month}/{date.day}", US).words
    assert words.startswith(date_words(date, SATURDAY))
    assert ", or" not in words


def test_a_date_after_the_times_of_a_week_is_another_wish_though_it_is_in_that_week():
    date = SATURDAY + dt.timedelta(days=9 - SATURDAY.weekday())
    words = read_times(f"next week mornings, {date.month}/{date.day} after 4", US).words
    assert f", or {date_words(date, SATURDAY)} after 4 pm" in words
