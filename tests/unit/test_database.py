"""The database: what a commit promises."""

import pytest
from sqlalchemy import text

from backtalk.database import bring_up_to_date, lasting, open_database

FULL, NORMAL = 2, 1


@pytest.fixture
def engine(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'talk.db'}")
    bring_up_to_date(engine)
    return engine


def waits_for_disk(connection):
    return connection.execute(text("PRAGMA synchronous")).scalar()


def rows(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM heartbeat")).scalar()


def test_what_must_last_waits_for_the_disk_and_the_rest_does_not(engine):
    with lasting(engine) as connection:
        assert waits_for_disk(connection) == FULL
        connection.execute(text("INSERT INTO heartbeat VALUES (1, '2026-01-01 00:00:00')"))
    with engine.connect() as connection:
        assert waits_for_disk(connection) == NORMAL
    assert rows(engine) == 1


def test_what_fails_is_not_kept_and_the_connection_is_as_before(engine):
    def fail():
        with lasting(engine) as connection:
            connection.execute(text("INSERT INTO heartbeat VALUES (1, '2026-01-01 00:00:00')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert rows(engine) == 0
    with engine.connect() as connection:
        assert waits_for_disk(connection) == NORMAL
