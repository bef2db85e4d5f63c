"""clinic.yml: what it gives, and what each fault says."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backtalk.clinic import ClinicFileError, load_clinic
from backtalk.country import HELP_NUMBERS, Country

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "clinic.yml").read_text(encoding="utf-8")


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "clinic.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_shipped_clinic_is_valid_and_obviously_fictional():
    clinic = load_clinic(ROOT / "clinic.yml")
    assert "555-01" in clinic.phone
    assert "example.org" in clinic.privacy_url


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("phone: 202-555-0143", "phone: call us", "phone", "phone number such as"),
        ("country: US ", "country: France ", "country", "one of US, UK, CA, AU, EU"),
        ("timezone: America/New_York", "timezone: Mars", "timezone", "time zone such as"),
        ("mon: 09:00-17:00", "mon: nine to five", "opening_hours", "09:00-17:00"),
        ("mon: 09:00-17:00", "monday: 09:00-17:00", "opening_hours", "days named mon"),
        ("mon: 09:00-17:00", "mon: 17:00-09:00", "opening_hours", "09:00-17:00"),
        ("retention_days: 30", "retention_days: forever", "retention_days", "not a valid integer"),
        ("retention_days: 30", "retention_days: 0", "retention_days", "1 to 3650"),
        ("booking_url: https://", "booking_url: http://", "booking_url", "starts with https://"),
        ("email: hello@clinic.example.org", "email: hello", "email", "address such as"),
        ("services:", "servces:", "servces", "unknown key"),
        ("services:", "servces:", "services", "missing"),
        ("name: Example", "#", "name", "missing"),
    ],
)
def test_a_fault_names_the_file_the_key_and_what_is_expected(tmp_path, old, new, key, expected):
    assert old in SHIPPED
    file = written(tmp_path, SHIPPED.replace(old, new, 1))
    with pytest.raises(ClinicFileError) as error:
        load_clinic(file)
    lines = [line for line in error.value.problems if f": {key}" in line]
    assert len(lines) == 1
    assert lines[0].startswith(str(file))
    assert expected in lines[0]


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ClinicFileError, match="not found"):
        load_clinic(tmp_path / "clinic.yml")


def test_broken_yaml_names_the_line(tmp_path):
    with pytest.raises(ClinicFileError, match=r"clinic\.yml:2: not valid YAML"):
        load_clinic(written(tmp_path, "name: A\nphone: a: b\n"))


@pytest.mark.parametrize("country", list(Country))
def test_every_country_has_its_own_numbers(tmp_path, country):
    file = written(tmp_path, SHIPPED.replace("country: US ", f"country: {country.value} ", 1))
    facts = load_clinic(file).placeholders()
    assert facts["emergency_number"] == HELP_NUMBERS[country].emergency
    assert facts["crisis_line"] == HELP_NUMBERS[country].crisis


def test_a_number_that_starts_with_zeros_stays_as_written(tmp_path):
    clinic = load_clinic(written(tmp_path, SHIPPED + "\nemergency_number: 000\n"))
    assert clinic.emergency == "000"


def test_a_fact_the_clinic_has_not_set_is_not_invented(tmp_path):
    text = "\n".join(line for line in SHIPPED.splitlines() if not line.startswith("fees:"))
    facts = load_clinic(written(tmp_path, text)).placeholders()
    assert facts["fees"] == "We do not list prices here. Please ask the clinic."


@pytest.mark.parametrize(
    ("day", "hour", "is_open"), [(23, 10, True), (23, 18, False), (26, 18, True), (28, 10, False)]
)
def test_open_hours_follow_the_clinics_own_clock(day, hour, is_open):
    clinic = load_clinic(ROOT / "clinic.yml")
    at = dt.datetime(2026, 11, day, hour, tzinfo=ZoneInfo("America/New_York"))
    assert clinic.is_open(at.astimezone(dt.timezone.utc)) is is_open


def test_days_with_the_same_hours_are_joined():
    assert load_clinic(ROOT / "clinic.yml").placeholders()["opening_hours"] == (
        "Mon-Wed 09:00-17:00, Thu 09:00-19:00, Fri 09:00-16:00"
    )
