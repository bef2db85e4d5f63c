"""A real server, a real browser, and pages that fail a test if anything on them goes wrong unseen."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe import Axe
from chat import Chat
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from web_server import Server

OTHER_SITE = "http://clinic.test"
_CHROMIUM = "/usr/bin/chromium"
_OPTIONS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
    " --no-first-run --disable-features=LocalNetworkAccessChecks"
).split()
_REPORT = "addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.violatedDirective}`))"
_NO_PAPER = "window.print = () => { window.printed = true }"


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@pytest.fixture(scope="session")
def server(trained, tmp_path_factory) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("server"),
        BACKTALK_ALLOWED_ORIGINS=OTHER_SITE,
        BACKTALK_ADDRESS_RATE="6000 per minute",
    )
    yield server.start()
    server.kill()


# While Playwright is there, an event loop runs in this thread, and other tests could run none of theirs.
# So it ends with each file.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium where there is one, else Playwright's own."""
    installed = _CHROMIUM if Path(_CHROMIUM).exists() else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed, args=_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, server) -> Iterator[Callable[..., Page]]:
    """`visit()` opens the demo page as a new patient; options as of Playwright's `new_context`.

    `change` edits the page's HTML on the way, `url` loads another page. After the test: no error on the
    console, no breach of the security policy, and no request to anyone but the server. `network_fails`
    allows what a browser itself writes when a request fails.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def visit(
        change: Callable[[str], str] | None = None,
        url: str | None = None,
        network_fails: bool = False,
        width: int = 1280,
        height: int = 800,
        **options,
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", **options)
        contexts.append(context)
        context.add_init_script(_REPORT)
        context.add_init_script(_NO_PAPER)
        allowed = (url or server.url, server.url, OTHER_SITE, "data:", "blob:", "about:")

        def console(message) -> None:
            if message.type == "error" and not (network_fails and message.text.startswith("Failed to load")):
                faults.append(f"console: {message.text}")

        context.on("console", console)
        context.on("weberror", lambda error: faults.append(f"page: {error.error}"))
        context.on(
            "request",
            lambda request: request.url.startswith(allowed) or faults.append(f"request: {request.url}"),
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        if change:

            def changed(route: Route) -> None:
                answer = route.fetch()
                route.fulfill(response=answer, body=change(answer.text()))

            page.route(f"{server.url}/", changed)
        page.goto(url or server.url)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def chat(visit) -> Chat:
    """The chat of a new patient on a desktop, open."""
    return Chat(visit()).open()


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()
