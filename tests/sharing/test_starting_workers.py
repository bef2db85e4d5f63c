"""What several workers need is asked for by name."""

import pytest

from backtalk.settings import SettingsError, check_workers, server_settings

POSTGRES = "postgresql://user:hidden-word@db/backtalk"
REDIS = "redis://:hidden-word@cache:6379/0"


def settings(**given: str):
    return server_settings("127.0.0.1", {"BACKTALK_SECRET_KEY": "k" * 32, **given})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"BACKTALK_DATABASE_URL": POSTGRES}, "BACKTALK_REDIS_URL"),
        ({"BACKTALK_REDIS_URL": REDIS}, "BACKTALK_DATABASE_URL: SQLite"),
    ],
)
def test_two_workers_without_what_they_share_are_refused_with_the_reason(given, named):
    with pytest.raises(SettingsError, match=named) as caught:
        check_workers(2, settings(**given))
    assert "hidden-word" not in str(caught.value)
    check_workers(1, settings(**given))


def test_two_workers_with_both_are_taken():
    check_workers(2, settings(BACKTALK_DATABASE_URL=POSTGRES, BACKTALK_REDIS_URL=REDIS))


@pytest.mark.parametrize("number", [-1, 0, 1000])
def test_a_senseless_number_is_refused(number):
    with pytest.raises(SettingsError, match="--workers"):
        check_workers(number, settings())


@pytest.mark.parametrize("url", ["localhost:6379", "http://hidden-word@cache", "redis://"])
def test_an_address_that_is_no_redis_is_refused_without_being_quoted(url):
    with pytest.raises(SettingsError, match="BACKTALK_REDIS_URL") as caught:
        settings(BACKTALK_REDIS_URL=url)
    assert "hidden-word" not in str(caught.value)
