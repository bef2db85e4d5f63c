"""Every route refuses what it should. A new route without a line in `ROUTES` fails these tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sites import ALLOWED, OTHER_SITE, everything
from web_server import API, Client, Server, error_of

from backtalk import desk
from backtalk.channels.http_errors import MAX_BODY
from backtalk.channels.widget_files import FOLDER
from backtalk.desk.request_page import ACTIONS


@dataclass(frozen=True)
class Rules:
    """What a route asks for.

    `embedded`: pages of any site may load it. `token`: of a session. `origin`: only pages of sites that
    are allowed. `rated`: it counts against the limit of an address. `signed`: by Twilio. `staff`: only
    somebody who has logged in, in a browser.
    """

    methods: str
    embedded: bool = False
    token: bool = False
    origin: bool = False
    rated: bool = False
    signed: bool = False
    staff: bool = False


FILE = Rules("GET HEAD")
OF_WIDGET = Rules("GET HEAD", embedded=True)
HEALTH = Rules("GET")
STAFF_READS = Rules("GET", staff=True)
STAFF_WRITES = Rules("POST", staff=True)
ONE = "requests/<reference:str>"
STATIC = Path(desk.__file__).with_name("static")
ROUTES = {
    "/": OF_WIDGET,
    "/favicon.ico": FILE,
    **{f"/{file.name}": OF_WIDGET for file in FOLDER.glob("*.*") if file.suffix in (".js", ".css", ".html")},
    "/health/live": HEALTH,
    "/health/ready": HEALTH,
    "/metrics": HEALTH,
    # Without a token it opens a new session; a wrong one is refused.
    f"{API}/session": Rules("POST DELETE OPTIONS", token=True, origin=True, rated=True),
    f"{API}/messages": Rules("POST OPTIONS", token=True, origin=True, rated=True),
    f"{API}/history": Rules("GET OPTIONS", token=True, origin=True, rated=True),
    f"{API}/settings": Rules("GET OPTIONS", origin=True),
    "/diary": FILE,
    "/diary.css": FILE,
    "/webhooks/sms/webhook": Rules("POST", signed=True),
    "/webhooks/sms/status": Rules("POST", signed=True),
    "/desk/login": Rules("GET POST"),
    **{f"/desk/{file.name}": HEALTH for file in STATIC.iterdir()},
    **{f"/desk/{path}".rstrip("/"): STAFF_READS for path in ("", "waiting", f"{ONE}/visit.ics")},
    **{f"/desk/{path}": STAFF_WRITES for path in ("logout", "find", "export")},
    f"/desk/{ONE}": STAFF_READS,
    f"/desk/{ONE}/delete": Rules("GET POST", staff=True),
    **{f"/desk/{ONE}/{action}": STAFF_WRITES for action in ACTIONS},
    "/desk/<rest:path>": Rules("GET POST", staff=True),
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
CASES = [(path, method) for path, rules in ROUTES.items() for method in rules.methods.split()]
REAL = [(path, method) for path, method in CASES if method not in ("OPTIONS", "HEAD")]
ELSEWHERE = """
/../clinic.yml /%2e%2e/clinic.yml /clinic.yml /.env /var/secret.key /widget.js/..%2f..%2fclinic.yml
/webhooks/rest/webhook /webhooks/socketio/ /model /conversations/x/tracker /openapi.json /docs
""".split()
BODY = {"text": "what is sciatica"}


def ruled(**wanted: bool) -> list[tuple[str, str]]:
    """Path and method of the routes whose rules say so."""
    return [
        (path, method)
        for path, method in REAL
        if all(getattr(ROUTES[path], name) == value for name, value in wanted.items())
    ]


def ask(client: Client, method: str, path: str, **headers: str):
    body = BODY if method == "POST" else None
    address = path.replace("<reference:str>", "BT-7K3Q").replace("<rest:path>", "nothing/here")
    return client.http.request(method, address, json=body, headers={**client.bearer, **headers})


@pytest.fixture(scope="module")
def served(project, tmp_path_factory) -> dict[str, set[str]]:
    """The routes of the application as it is put together for `serve`, with their methods."""
    from backtalk.database import bring_up_to_date, open_database
    from backtalk.server.server import put_together
    from backtalk.settings import server_settings

    url = f"sqlite:///{tmp_path_factory.mktemp('routes') / 'backtalk.db'}"
    environment = {"BACKTALK_SECRET_KEY": "k" * 32, "BACKTALK_DATABASE_URL": url, **everything()}
    engine = open_database(url)
    bring_up_to_date(engine)
    settings = server_settings("127.0.0.1", environment)
    app = put_together(project, project.clinic(), settings, engine, lambda: None).app
    routes: dict[str, set[str]] = {}
    for route in app.router.routes:
        routes.setdefault("/" + route.path.strip("/"), set()).update(route.methods)
    return routes


def test_every_route_has_its_rules_here_and_its_place_in_the_docs(served, project):
    assert set(served) == set(ROUTES)
    for path, methods in served.items():
        assert methods == set(ROUTES[path].methods.split()), path
    described = (project.root / "docs" / "http.md").read_text(encoding="utf-8")
    for path, rules in ROUTES.items():
        if rules not in (FILE, OF_WIDGET) and not path.startswith("/desk"):
            named = path.removeprefix(API).removeprefix("/webhooks/sms")
            assert re.search(rf"{re.escape(named)}\b", described), path


@pytest.mark.parametrize("path", ROUTES)
def test_other_methods_are_refused(server, path):
    client = server.client().open()
    for method in METHODS:
        if method not in ROUTES[path].methods.split():
            assert ask(client, method, path).status_code in (404, 405), method


@pytest.mark.parametrize(("path", "method"), ruled(token=True))
@pytest.mark.parametrize("token", ["", "nonsense", "Basic dXNlcjpwYXNz"])
def test_a_wrong_token_is_refused(server, path, method, token):
    if path.endswith("/session") and method == "POST" and not token:
        pytest.skip("this opens a session")
    answer = ask(server.client().open(), method, path, Authorization=token)
    assert answer.status_code == 401
    assert error_of(answer)["code"] == "no_session"


@pytest.mark.parametrize(("path", "method"), [case for case in CASES if ROUTES[case[0]].origin])
def test_pages_of_another_site_are_refused(server, path, method):
    client = server.client().open()
    answer = ask(client, method, path, Origin=OTHER_SITE)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert ask(client, method, path, Origin=ALLOWED).status_code in (200, 204)


@pytest.mark.parametrize(("path", "method"), ruled(origin=False))
def test_pages_of_another_site_may_not_read_what_is_not_for_them(server, path, method):
    answer = ask(server.client().open(), method, path, Origin=OTHER_SITE)
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed == ("*" if ROUTES[path].embedded else None)


@pytest.mark.parametrize(("path", "method"), ruled(signed=True))
@pytest.mark.parametrize("signature", [None, "", "c2lnbmVk"])
def test_what_twilio_did_not_sign_is_refused(server, path, method, signature):
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    answer = server.client().http.request(method, path, data={"Body": "what is sciatica"}, headers=headers)
    assert answer.status_code == 403
    error_of(answer)


@pytest.mark.parametrize(("path", "method"), ruled(staff=True))
@pytest.mark.parametrize("cookie", ["", "backtalk_desk=nonsense"])
def test_who_has_not_logged_in_sees_nothing_of_the_desk(server, path, method, cookie):
    answer = ask(server.client().open(), method, path, Cookie=cookie, Origin="https://chat.example.org")
    assert answer.status_code in (303, 401, 403), answer.text
    assert answer.status_code != 303 or answer.headers["location"].startswith("/desk/login")


@pytest.mark.parametrize(("path", "method"), [case for case in REAL if case[1] == "POST"])
def test_a_body_over_the_limit_is_refused(server, path, method):
    client = server.client().open()
    address = path.replace("<reference:str>", "BT-7K3Q").replace("<rest:path>", "nothing/here")
    answer = client.http.post(address, content=b"x" * (MAX_BODY + 1), headers=client.bearer)
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "too_large"


@pytest.mark.parametrize(("path", "method"), ruled(rated=True))
def test_too_many_requests_of_one_address_are_refused(server, path, method):
    client = server.client().open()
    answers = [ask(client, method, path) for _ in range(61)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert error_of(refused[0])["code"] == "too_many"
    assert int(refused[0].headers["retry-after"]) > 0
    assert ask(server.client().open(), method, path).status_code == 200, "another address may go on"


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nothing_else_is_served(server: Server, path):
    assert server.client().http.get(path).status_code == 404
