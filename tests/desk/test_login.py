"""Logging in and out: who gets in, and who does not."""

import pytest
from front_desk import COOKIE, PASSWORD, Staff, visible


def test_the_queue_is_shown_to_those_who_are_logged_in(ann):
    answer = ann.get("/desk")
    assert answer.status_code == 200
    assert "Logged in as ann" in visible(answer)
    assert "Open requests" in visible(answer)
