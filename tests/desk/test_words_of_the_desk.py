"""Ages, times and numbers read as a person would say them."""

import datetime as dt

import pytest

from backtalk.desk.refusal import BadInput
from backtalk.desk.words import ago, due, local, local_moment, number, span

NEW_YORK = "America/New_York"
NOW = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1 minute"),
        (119, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (2 * 86_400 - 1, "47 hours"),
        (2 * 86_400, "2 days"),
        (-7200, "2 hours"),
    ],
)
def test_a_span_is_told_in_one_unit(seconds, words):
    assert span(seconds) == words


def test_a_promise_is_due_until_its_last_second_and_then_overdue():
    assert ago(NOW - dt.timedelta(hours=3), NOW) == "3 hours ago"
    assert due(NOW, NOW) == "Reply due in less than a minute"
    assert due(NOW - dt.timedelta(minutes=1), NOW) == "Reply overdue by 1 minute"


def test_times_are_those_of_the_clinic():
    assert local(NOW, NEW_YORK) == "Fri 20 Nov 2026, 10:00"
    assert local(NOW, "Australia/Sydney") == "Sat 21 Nov 2026, 02:00"


def test_what_a_form_says_is_meant_on_the_clinics_clock():
    assert local_moment("2026-11-26", "16:00", NEW_YORK, NOW) == dt.datetime(
        2026, 11, 26, 21, 0, tzinfo=dt.timezone.utc
    )
    assert local_moment(" 2026-11-20 ", "00:00:00", NEW_YORK, NOW)  # earlier today
    twice = local_moment("2027-11-07", "01:30", NEW_YORK, NOW)  # the clocks go back: the first of the two
    assert twice.astimezone(dt.timezone.utc).hour == 5


@pytest.mark.parametrize("day", ["2026-11-19", "2028-11-21", "0001-01-01", "9999-12-31"])
def test_a_day_that_has_passed_or_is_far_off_is_a_slip(day):
    with pytest.raises(BadInput, match="has passed or is more than 2 years ahead"):
        local_moment(day, "10:00", NEW_YORK, NOW)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("+12025550143", "+1 202-555-0143"), ("+442079460123", "+44 20 7946 0123"), ("", ""), ("x", "x")],
)
def test_a_number_is_grouped_and_what_is_none_stays_as_it_is(given, shown):
    assert number(given) == shown
