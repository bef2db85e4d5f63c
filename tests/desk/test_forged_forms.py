"""A form that no page of the desk sent changes nothing."""

from __future__ import annotations

import pytest
from front_desk import COOKIE, Staff, visible


@pytest.fixture
def reference(book) -> str:
    return book.store()


def unchanged(book, reference: str) -> bool:
    return book.requests.get(reference).version == 1


def test_a_form_of_the_page_itself_is_taken(book, ann, reference):
    assert ann.act(reference, "claim").status_code == 303
    assert not unchanged(book, reference)


@pytest.mark.parametrize("token", [None, "", "x", "0" * 64, "é"])
def test_a_missing_or_forged_token_is_refused(book, ann, reference, token):
    fields = {"seen": "1", **({} if token is None else {"token": token})}
    answer = ann.http.post(f"/desk/requests/{reference}/claim", data=fields, headers={"Origin": ann.origin})
    assert answer.status_code == 403
    assert "This page was open too long" in visible(answer)
    assert unchanged(book, reference)


def test_a_token_of_another_session_is_refused(book, ann, bob, reference):
    answer = ann.http.post(
        f"/desk/requests/{reference}/claim",
        data={"seen": "1", "token": bob.token()},
        headers={"Origin": ann.origin},
    )
    assert answer.status_code == 403
    assert unchanged(book, reference)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_right_token(book, ann, reference, headers):
    page = f"/desk/requests/{reference}"
    answer = ann.post(f"{page}/claim", page, headers=headers, seen="1")
    assert answer.status_code == 403
    assert "This was not sent from the desk" in visible(answer)
    assert unchanged(book, reference)


def test_what_another_site_sends_does_not_log_out_who_is_logged_in(server):
    """Its requests come without the cookie; what we answer must not replace it."""
    staff = Staff(server.url)
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for answer in (
        staff.http.post("/desk/logout", data={"token": "x"}, headers=foreign),
        staff.http.post("/desk/login", data={"token": "x"}, headers=foreign),
        staff.get("/desk/login", **foreign),
        staff.get("/desk/login?arrived=1", **foreign),
        staff.get("/desk?arrived=1", **foreign),
        staff.get("/desk/no-such-page", **foreign),
    ):
        assert not any(one.startswith(f"{COOKIE}=") for one in answer.headers.get_list("set-cookie"))


def test_without_an_origin_a_form_is_refused(book, ann, reference):
    answer = ann.http.post(f"/desk/requests/{reference}/claim", data={"token": ann.token(), "seen": "1"})
    assert answer.status_code == 403
    assert unchanged(book, reference)


@pytest.mark.parametrize("path", ["/desk/login", "/desk/logout", "/desk/find", "/desk/export"])
def test_every_other_form_is_guarded_too(ann, path):
    answer = ann.http.post(path, data={"text": "x", "name": "ann"}, headers={"Origin": ann.origin})
    assert answer.status_code == 403
    assert ann.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"token": "x"}'),
        ("text/plain", b"token=x"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(500))),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%zz&token"),
    ],
)
def test_what_is_no_form_is_refused(ann, kind, body):
    headers = {"Origin": ann.origin, "Content-Type": kind}
    assert ann.http.post("/desk/find", content=body, headers=headers).status_code == 403


def test_a_link_cannot_change_anything(book, ann, reference):
    for action in ("claim", "close", "note"):
        assert ann.get(f"/desk/requests/{reference}/{action}?seen=1").status_code == 405
    assert ann.get("/desk/logout").status_code == 405
    assert ann.get("/desk").status_code == 200
    assert unchanged(book, reference)


def test_a_login_form_cannot_be_forged_either(server):
    """Else another site could log somebody in under a name of its own."""
    staff = Staff(server.url)
    staff.get("/desk/login")
    answer = staff.http.post(
        "/desk/login",
        data={"name": "ann", "password": "correct horse battery staple"},
        headers={"Origin": staff.origin},
    )
    assert answer.status_code == 403
