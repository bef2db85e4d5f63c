"""Settings are read from the environment, checked, and all in one table of the docs."""

import re
import stat
from pathlib import Path

import pytest

from backtalk.settings import VARIABLES, SettingsError, server_settings

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 32


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_setting_is_in_the_table_of_the_docs():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) == set(VARIABLES)


def test_every_setting_that_the_code_reads_is_known():
    files = [*(ROOT / "backtalk").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]
    named = {name for file in files for name in re.findall(r'"(BACKTALK_[A-Z_]+)"', file.read_text("utf-8"))}
    assert named == set(VARIABLES)


def test_nothing_needs_to_be_set_on_this_machine(here):
    settings = server_settings("127.0.0.1", {})
    assert settings.database_url == "sqlite:///var/backtalk.db"
    assert settings.allowed_origins == frozenset()
    assert settings.session_rate is not None
    assert settings.key_is_new
    assert stat.S_IMODE((here / "var" / "secret.key").stat().st_mode) == 0o600


def test_a_key_that_was_made_is_kept():
    first, second = server_settings("localhost", {}), server_settings("::1", {})
    assert first.secret_key == second.secret_key
    assert not second.key_is_new


def test_the_public_address_is_an_allowed_origin():
    settings = server_settings(
        "0.0.0.0",
        {
            "BACKTALK_SECRET_KEY": KEY,
            "BACKTALK_PUBLIC_URL": "https://chat.example.org/",
            "BACKTALK_ALLOWED_ORIGINS": "https://Clinic.example.org , https://www.example.org:8443/",
        },
    )
    assert settings.allowed_origins == {
        "https://chat.example.org", "https://clinic.example.org", "https://www.example.org:8443",
    }  # fmt: skip
    assert settings.key_file is None


def test_a_rate_may_be_switched_off():
    assert server_settings("127.0.0.1", {"BACKTALK_SESSION_RATE": "off"}).session_rate is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BACKTALK_SECRET_KEY", ""),
        ("BACKTALK_SECRET_KEY", "x" * 31),
        ("BACKTALK_PUBLIC_URL", "chat.example.org"),
        ("BACKTALK_ALLOWED_ORIGINS", "*"),
        ("BACKTALK_ALLOWED_ORIGINS", "https://a.org/page"),
        ("BACKTALK_SESSION_RATE", "quick"),
        ("BACKTALK_ADDRESS_RATE", "5"),
        ("BACKTALK_PROXIES", "one"),
        ("BACKTALK_PROXIES", "99"),
        ("BACKTALK_FIELD_KEYS", "password"),
    ],
)
def test_a_bad_value_is_named_in_one_line(name, value):
    with pytest.raises(SettingsError) as refused:
        server_settings("127.0.0.1", {name: value})
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "chat.example.org", "::"])
def test_others_can_reach_the_server_only_if_a_key_is_set(host):
    with pytest.raises(SettingsError, match="BACKTALK_SECRET_KEY is not set"):
        server_settings(host, {})


def test_a_broken_key_file_is_named(here):
    (here / "var").mkdir()
    (here / "var" / "secret.key").write_text("")
    with pytest.raises(SettingsError, match=r"secret\.key"):
        server_settings("127.0.0.1", {})
