"""Which flags a set of findings meets, by the criteria of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import AbstractSet, Iterable, Mapping

from backtalk.triage.catalogue import Catalogue, Flag, tier_rank
from backtalk.triage.people import ANYONE, OTHER, SELF

# What goes with another finding though the pain itself is explained ("my usual headache, but a stiff neck").
PAINS = frozenset(("any_pain", "headache", "back_pain", "neck_pain", "spine_pain"))


@dataclass(frozen=True)
class Counted:
    """A feature that counts, whose it is, and where: its sentence, and how often that said "but" before."""

    feature: str
    person: str
    place: tuple[int, int]


def flags_met(
    catalogue: Catalogue, counted: Iterable[Counted], remembered: frozenset[tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Flag id -> (tier, person).

    Findings of two people are never added up; those of nobody named go with either.
    """
    all_counted = list(counted)
    met: dict[str, tuple[str, str]] = {}
    for person in (SELF, OTHER):
        if person == OTHER and not any(one.person == OTHER for one in all_counted):
            continue
        own: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for one in all_counted:
            if one.person in (person, ANYONE):
                own[one.feature].add(one.place)
        before = {feature for feature, whose in remembered if whose in (person, ANYONE)}
        for flag in catalogue.flags_about(own):
            tier = _tier(flag, own, before)
            if tier and tier_rank(tier) > tier_rank(met.get(flag.id, ("none", ""))[0]):
                met[flag.id] = (tier, person)
    return {name: result for name, result in met.items() if not catalogue.flags[name].not_with & met.keys()}


def _tier(flag: Flag, own: Mapping[str, set[tuple[int, int]]], before: set[str]) -> str | None:
    """The tier that a person's findings, with those from `before`, give the flag; None if it is not met."""
    told = own.keys() | before
    if not any(way.is_met(told) for way in flag.ways):
        return None
    excuses = [place for feature in flag.exclude & own.keys() for place in own[feature]]
    mine: AbstractSet[str] = own.keys()
    if excuses:
        mine = {
            feature for feature, places in own.items() if not all(_is_excused(p, excuses) for p in places)
        }
    found = mine | before | (own.keys() & PAINS)
    if not any(way.features & mine and way.is_met(found) for way in flag.ways):
        return None
    if flag.escalates_to and flag.escalates_if & found:
        return flag.escalates_to
    return flag.tier


def _is_excused(place: tuple[int, int], excuses: Iterable[tuple[int, int]]) -> bool:
    """Whether a harmless explanation is told in the same sentence, and not before a "but".

    "My usual headache is mild, but this one came like a thunderclap": the usual one excuses nothing.
    """
    return any(sentence == place[0] and buts >= place[1] for sentence, buts in excuses)
