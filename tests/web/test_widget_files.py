"""The files of the widget are served small, cached and with the right kind."""

import gzip
from types import SimpleNamespace

import pytest

from backtalk.channels.widget_files import _File, widget_files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "demo.html").write_text("<p>hello</p>" * 100)
    (tmp_path / "widget.js").write_text("let a = 1;\n" * 100)
    (tmp_path / "notes.txt").write_text("not to be served")
    return tmp_path


def paths(folder) -> set[str]:
    return {route.uri for route in widget_files(folder)._future_routes}


def asked(**headers):
    return SimpleNamespace(headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_only_files_of_known_kinds_are_served(folder):
    assert paths(folder) == {"/", "/demo.html", "/widget.js", "/favicon.ico"}


def test_without_a_widget_there_is_no_page(tmp_path):
    assert paths(tmp_path) == {"/favicon.ico"}


def test_a_file_is_sent_zipped_where_that_is_understood(folder):
    file = _File.read(folder / "widget.js")
    plain, zipped = file.response(asked()), file.response(asked(accept_encoding="gzip, br"))
    assert gzip.decompress(zipped.body) == plain.body == (folder / "widget.js").read_bytes()
    assert zipped.headers["content-encoding"] == "gzip"
    assert plain.content_type == "text/javascript; charset=utf-8"
    assert plain.headers["vary"] == "Accept-Encoding"


def test_a_file_that_the_browser_has_is_not_sent_again_but_keeps_its_type(folder):
    file = _File.read(folder / "demo.html")
    again = file.response(asked(if_none_match=file.etag))
    assert (again.status, again.body) == (304, b"")
    assert again.content_type.startswith("text/html")


def test_a_page_on_another_site_may_load_the_widget(folder):
    headers = _File.read(folder / "widget.js").response(asked()).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_the_demo_page_and_the_widget_are_served_with_a_strict_policy(client):
    page = client.http.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert client.http.get("/widget.js").headers["content-type"].startswith("text/javascript")
