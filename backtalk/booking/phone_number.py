"""Reading a phone number out of a message, and showing it back as people of its country write it."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberMatcher

from backtalk.country import Country
from backtalk.understanding.text import clean

_REGIONS = {Country.US: "US", Country.UK: "GB", Country.CA: "CA", Country.AU: "AU"}
_LONGEST = 500


@dataclass(frozen=True)
class FoundNumber:
    """A number that can exist. `e164` is "+12025550143"; `span` is where it stands in the cleaned text."""

    e164: str
    span: tuple[int, int]


def region_of(country: Country, clinic_phone: str) -> str | None:
    """The region by which a number without a country code is read; None if only such codes can tell."""
    if country in _REGIONS:
        return _REGIONS[country]
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(clinic_phone, None))
    except NumberParseException:
        return None


def find_number(text: str, region: str | None) -> FoundNumber | None:
    """The first number in `text` that can exist; None if there is none. Never raises."""
    plain = clean(text)[:_LONGEST]
    for match in PhoneNumberMatcher(plain, region, leniency=Leniency.VALID):
        return FoundNumber(_e164(match.number), (match.start, match.end))
    digits = sum(c.isdigit() for c in plain)
    if digits < 7 or digits * 2 < len(plain):
        return None
    # The matcher is strict about how numbers are written: "202 5550 143" is one all the same.
    try:
        number = phonenumbers.parse(plain, region)
    except NumberParseException:
        return None
    return FoundNumber(_e164(number), (0, len(plain))) if phonenumbers.is_valid_number(number) else None


def shown(e164: str, region: str | None) -> str:
    """A number as it is read aloud: in the national form within `region`, else with its country code."""
    number = phonenumbers.parse(e164, None)
    regions = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    at_home = region is not None and region in regions
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def example_number(region: str | None) -> str:
    """A number of nobody that shows how one is written in `region`."""
    number = phonenumbers.example_number(region) if region else phonenumbers.example_number("IE")
    if number is None:  # a region of which the library knows no example
        return "+353 22 12345"
    form = PhoneNumberFormat.NATIONAL if region else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def _e164(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
