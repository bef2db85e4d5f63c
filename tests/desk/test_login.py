"""Logging in and out: who gets in, and who does not."""

from __future__ import annotations

import time

import pytest
from front_desk import COOKIE, LOGIN_COOKIE, PASSWORD, Staff, users, visible
from itsdangerous.timed import TimestampSigner

from backtalk.desk.sessions import IDLE_SECONDS, LONGEST_SECONDS, DeskSession, DeskSessions
from backtalk.desk.users import DeskUsers

HOUR = 3600


def sessions_of(server, signed_ago: float = 0) -> DeskSessions:
    """What signs this server's cookies, as it did `signed_ago` seconds ago."""
    key = (server.folder / "var" / "secret.key").read_text().strip().encode()
    made = DeskSessions(key, DeskUsers.read(users()))

    class Then(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - signed_ago)

    made._signer.signer = Then
    return made


def with_cookie(server, value: str) -> Staff:
    staff = Staff(server.url)
    staff.http.cookies.set(COOKIE, value, path="/desk")
    return staff


def is_logged_in(staff: Staff) -> bool:
    answer = staff.get("/desk")
    assert answer.status_code in (200, 303), answer.text
    return answer.status_code == 200


def test_the_queue_is_shown_to_those_who_are_logged_in(ann):
    answer = ann.get("/desk")
    assert answer.status_code == 200
    assert "Logged in as ann" in visible(answer)
    assert "Open requests" in visible(answer)


@pytest.mark.parametrize(
    "path",
    ["/desk", "/desk/", "/desk?state=all", "/desk/requests/BT-7K3Q", "/desk/requests/BT-7K3Q/visit.ics",
     "/desk/requests/BT-7K3Q/delete", "/desk/waiting", "/desk/no-such-page"],
)  # fmt: skip
def test_without_logging_in_every_page_leads_to_the_login(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/login")
    assert "Maria" not in answer.text


@pytest.mark.parametrize("action", ["claim", "contacted", "booked", "close", "note", "retry", "delete"])
def test_without_logging_in_no_form_changes_anything(server, book, stranger, action):
    reference = book.store()
    answer = stranger.post(f"/desk/requests/{reference}/{action}", "/desk/login", seen="1", note="x")
    assert answer.headers["location"].startswith("/desk/login")
    assert book.requests.get(reference).version == 1
    assert len(book.requests.trail(reference)) == 1


def test_the_name_may_be_typed_in_any_capitals_and_is_recorded_as_it_was_set(stranger):
    stranger.log_in("  BOB o'neil ")
    assert "Logged in as Bob O'Neil" in visible(stranger.get("/desk"))


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "wrong"), ("ann", PASSWORD + " "), ("ann", ""), ("", PASSWORD), ("eve", PASSWORD),
     ("ann", "x" * 5000), ("ann' or '1'='1", PASSWORD), ("ann", "\ud83d\ude00" * 20)],
)  # fmt: skip
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(stranger, name, password):
    answer = stranger.log_in(name, password.encode("utf-16", "surrogatepass").decode("utf-16"))
    assert answer.status_code == 403
    assert "The name or the password is not right." in visible(answer)
    assert not is_logged_in(stranger)


def test_the_eleventh_attempt_from_one_address_is_refused_even_with_the_right_password(server, stranger):
    for _ in range(10):
        assert stranger.log_in(password="wrong").status_code == 403
    answer = stranger.log_in()
    assert answer.status_code == 429
    assert "Too many attempts. Try again in 15 minutes." in visible(answer)
    assert not is_logged_in(stranger)
    elsewhere = Staff(server.url)
    assert elsewhere.log_in().status_code == 303


def test_a_right_password_sets_the_count_back(stranger):
    for _ in range(9):
        stranger.log_in(password="wrong")
    assert stranger.log_in().status_code == 303
    stranger.http.cookies.clear()
    assert stranger.log_in(password="wrong").status_code == 403


def test_logging_in_begins_a_session_of_its_own(stranger):
    stranger.get("/desk/login")
    before, token = stranger.http.cookies[LOGIN_COOKIE], stranger.token("/desk/login")
    stranger.log_in()
    assert stranger.http.cookies[COOKIE].partition(".")[0] != before.partition(".")[0]
    assert stranger.token("/desk") != token


def test_after_logging_in_the_page_that_was_asked_for_is_shown(server, book, stranger):
    page = f"/desk/requests/{book.store()}"
    assert stranger.get(page).headers["location"] == f"/desk/login?next={page}"
    answer = stranger.log_in(next=page)
    assert answer.headers["location"] == page


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example", "//evil.example/desk", "/desk/../webhooks", "/desk/logout", "\\evil", ""],
)
def test_logging_in_leads_to_no_other_place(stranger, next_page):
    assert stranger.log_in(next=next_page).headers["location"] == "/desk"


def test_a_link_on_another_site_such_as_webmail_leads_in_by_a_page_of_ours(ann):
    """A strict cookie does not come with such a click, but with the step that follows it."""
    cookie = ann.http.cookies[COOKIE]
    ann.http.cookies.clear()
    answer = ann.get("/desk", **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert 'content="0; url=/desk?arrived=1"' in answer.text
    assert "set-cookie" not in answer.headers
    ann.http.cookies.set(COOKIE, cookie, path="/desk")
    assert ann.get("/desk?arrived=1").status_code == 200
    ann.http.cookies.clear()
    assert ann.get("/desk?arrived=1", **{"Sec-Fetch-Site": "cross-site"}).status_code == 303


def test_after_logging_out_a_copy_of_the_cookie_opens_nothing(server, ann):
    cookie = ann.http.cookies[COOKIE]
    answer = ann.post("/desk/logout")
    assert answer.headers["location"] == "/desk/login?left=1"
    assert "You are logged out." in visible(ann.get("/desk/login?left=1"))
    assert not is_logged_in(ann)
    assert not is_logged_in(with_cookie(server, cookie))


def test_after_logging_out_one_can_log_in_again(ann):
    cookie = ann.http.cookies[COOKIE]
    ann.post("/desk/logout")
    assert COOKIE not in ann.http.cookies
    assert ann.log_in().status_code == 303
    assert is_logged_in(ann)
    ann.post("/desk/logout")
    ann.http.cookies.set(COOKIE, cookie, path="/desk")  # a browser that kept it
    assert ann.log_in("Bob O'Neil").status_code == 303
    assert "Logged in as Bob O'Neil" in visible(ann.get("/desk"))


def test_the_cookie_is_for_the_desk_alone_and_hidden_from_scripts(stranger):
    (cookie,) = stranger.log_in().headers.get_list("set-cookie")
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"httponly", "samesite=strict", "path=/desk"} <= parts
    assert not any(part.startswith(("domain", "max-age", "expires")) for part in parts)


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "WyJhIl0.aaaa.bbbb", "%C3%A9", '"', "x" * 4000])
def test_a_cookie_that_we_did_not_make_is_none(server, value):
    assert not is_logged_in(with_cookie(server, value))


def test_a_cookie_that_was_changed_is_none(server, ann):
    body, at, signature = ann.http.cookies[COOKIE].strip('"').split(".")
    changed = "A" if body[-1] != "A" else "B"
    assert not is_logged_in(with_cookie(server, f"{body[:-1]}{changed}.{at}.{signature}"))


def test_a_cookie_signed_for_something_else_is_none(server):
    from backtalk.channels.web_session import SessionTokens, new_session

    key = (server.folder / "var" / "secret.key").read_text().strip().encode()
    assert not is_logged_in(with_cookie(server, SessionTokens(key).issue(new_session())))


@pytest.mark.parametrize(("ago", "is_good"), [(IDLE_SECONDS - 60, True), (IDLE_SECONDS + 60, False)])
def test_8_hours_without_use_end_a_session(server, ago, is_good):
    made = sessions_of(server, signed_ago=ago)
    cookie = made.cookie(DeskSession("someone", "ann", int(time.time() - ago)))
    assert is_logged_in(with_cookie(server, cookie)) is is_good


def test_12_hours_end_a_session_in_use(server):
    session = DeskSession("someone", "ann", int(time.time() - LONGEST_SECONDS - 60))
    assert not is_logged_in(with_cookie(server, sessions_of(server).cookie(session)))


def test_use_prolongs_a_session_and_the_script_that_counts_does_not(server):
    made = sessions_of(server, signed_ago=7 * HOUR)
    staff = with_cookie(server, made.cookie(DeskSession("long", "ann", int(time.time() - 7 * HOUR))))
    assert "set-cookie" not in staff.get("/desk/waiting").headers
    (renewed,) = staff.get("/desk").headers.get_list("set-cookie")
    assert renewed.startswith(f"{COOKIE}=")


def test_a_session_of_somebody_who_was_taken_off_the_list_or_got_a_new_password_ends(server):
    key = (server.folder / "var" / "secret.key").read_text().strip().encode()
    others = users().replace("ann:", "eve:")
    gone = DeskSessions(key, DeskUsers.read(others))
    assert not is_logged_in(with_cookie(server, gone.cookie(gone.begin("eve"))))
    from backtalk.desk.passwords import PasswordHash

    changed = DeskSessions(key, DeskUsers.read(f"ann:{PasswordHash.of('another good password')}"))
    assert not is_logged_in(with_cookie(server, changed.cookie(changed.begin("ann"))))
