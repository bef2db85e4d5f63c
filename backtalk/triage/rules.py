"""Which flags a set of findings meets, by the criteria of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import AbstractSet, Iterable, Mapping

from backtalk.triage.catalogue import Catalogue, Flag, tier_rank
from backtalk.triage.people import ANYONE, OTHER, SELF


@dataclass(frozen=True)
class Counted:
    """A feature that counts, whose it is, and the sentence that told it."""

    feature: str
    person: str
    sentence: int


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
        own: dict[str, set[int]] = defaultdict(set)
        for one in all_counted:
            if one.person in (person, ANYONE):
                own[one.feature].add(one.sentence)
        before = {feature for feature, whose in remembered if whose in (person, ANYONE)}
        for flag in catalogue.flags_about(own):
            tier = _tier(flag, own, before)
            if tier and tier_rank(tier) > tier_rank(met.get(flag.id, ("none", ""))[0]):
                met[flag.id] = (tier, person)
    return {name: result for name, result in met.items() if not catalogue.flags[name].not_with & met.keys()}


def _tier(flag: Flag, own: Mapping[str, set[int]], before: set[str]) -> str | None:
    """The tier that a person's findings, with those from `before`, give the flag; None if it is not met."""
    # A harmless explanation explains what is told in the same sentence, not what else is told.
    explained = set().union(*(own[feature] for feature in flag.exclude & own.keys()))
    mine: AbstractSet[str] = own.keys()
    if explained:
        mine = {feature for feature, sentences in own.items() if sentences - explained}
    found = mine | before
    if not any(way.features & mine and way.is_met(found) for way in flag.ways):
        return None
    if flag.escalates_to and flag.escalates_if & found:
        return flag.escalates_to
    return flag.tier
