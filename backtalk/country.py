"""Public help numbers by country: the presets a clinic chooses from.

Sources: 911 and 988 (988 Suicide and Crisis Lifeline, US 2022, Canada 2023), US Poison Help (HRSA),
Canada 811 and 1-844-POISON-X; NHS 999, NHS 111 and Samaritans; Australia 000, Healthdirect,
Lifeline and the Poisons Information Centre; EU 112 and the EU-wide emotional support number 116 123.
A clinic overrides any of them in clinic.yml.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Country(str, Enum):
    US = "US"
    UK = "UK"
    CA = "CA"
    AU = "AU"
    EU = "EU"


@dataclass(frozen=True)
class HelpNumbers:
    """What to call. `emergency` is a bare number; the others read well after the word "call"."""

    emergency: str
    urgent_advice: str
    crisis: str
    poison: str


HELP_NUMBERS: dict[Country, HelpNumbers] = {
    Country.US: HelpNumbers(
        emergency="911",
        urgent_advice="your doctor or an urgent care clinic",
        crisis="988",
        poison="Poison Help on 1-800-222-1222",
    ),
    Country.UK: HelpNumbers(
        emergency="999",
        urgent_advice="NHS 111",
        crisis="Samaritans on 116 123",
        poison="NHS 111",
    ),
    Country.CA: HelpNumbers(
        emergency="911",
        urgent_advice="811",
        crisis="988",
        poison="1-844-764-7669",
    ),
    Country.AU: HelpNumbers(
        emergency="000",
        urgent_advice="Healthdirect on 1800 022 222",
        crisis="Lifeline on 13 11 14",
        poison="13 11 26",
    ),
    Country.EU: HelpNumbers(
        emergency="112",
        urgent_advice="your doctor or out-of-hours service",
        crisis="116 123",
        poison="112",
    ),
}
