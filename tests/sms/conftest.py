"""A server whose texts are on, and phones."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from phone import SETTINGS, Phone
from web_server import Server


@pytest.fixture(scope="module")
def server(trained, tmp_path_factory) -> Iterator[Server]:
    """One server for the tests of a file."""
    server = Server(tmp_path_factory.mktemp("server"), **SETTINGS)
    yield server.start()
    server.kill()


@pytest.fixture
def new_phone(server) -> Iterator[Callable[..., Phone]]:
    """`new_phone()` is a phone that has never texted before."""
    phones = []

    def make(**options: str) -> Phone:
        phones.append(Phone(server.url, **options))
        return phones[-1]

    yield make
    for phone in phones:
        phone.http.close()


@pytest.fixture
def phone(new_phone) -> Phone:
    """A phone that has had its first notice."""
    return new_phone().greeted()
