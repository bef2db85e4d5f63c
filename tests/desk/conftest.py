"""A server with a staff page for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from front_desk import Book, Staff, users
from web_server import Server


@pytest.fixture(scope="module")
def server(trained, tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), BACKTALK_DESK_USERS=users(), BACKTALK_PROXIES="1")
    yield server.start()
    server.kill()


@pytest.fixture(scope="module")
def book(server) -> Book:
    return Book(server)


@pytest.fixture
def stranger(server) -> Iterator[Staff]:
    """Somebody who is not logged in."""
    staff = Staff(server.url)
    yield staff
    staff.http.close()


@pytest.fixture
def ann(stranger) -> Staff:
    """Logged in."""
    assert stranger.log_in().status_code == 303
    return stranger


@pytest.fixture
def bob(server) -> Iterator[Staff]:
    """Logged in, in another browser."""
    staff = Staff(server.url)
    assert staff.log_in("Bob O'Neil").status_code == 303
    yield staff
    staff.http.close()
