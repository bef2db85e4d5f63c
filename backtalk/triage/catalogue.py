"""The red-flag catalogue: what each flag needs, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import AbstractSet, Any, Iterable, Mapping, Sequence

from ruamel.yaml import YAML

TIERS = ("none", "soon", "urgent", "emergency", "crisis")
ROUTED = ("urgent", "emergency", "crisis")


class CatalogueError(ValueError):
    """A file of the catalogue is wrong; the message names the file, the entry and what to do."""


@dataclass(frozen=True)
class Way:
    """One way to meet a flag: every one of `all_of`, and at least `least` of `any_of`."""

    all_of: frozenset[str]
    any_of: frozenset[str]
    least: int
    features: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", self.all_of | self.any_of)

    def is_met(self, found: AbstractSet[str]) -> bool:
        return self.all_of <= found and len(self.any_of & found) >= self.least


@dataclass(frozen=True)
class Flag:
    """One red flag. `tier` is one of TIERS; `escalates_to` applies where one of `escalates_if` is found."""

    id: str
    title: str
    tier: str
    region: str
    ways: tuple[Way, ...]
    exclude: frozenset[str]
    not_with: frozenset[str]
    escalates_to: str | None
    escalates_if: frozenset[str]
    why: str
    do_not: str
    clarify: str
    screening: str
    source: tuple[str, ...]
    sign_off: Mapping[str, Any]

    @property
    def features(self) -> frozenset[str]:
        """Every feature that some way names."""
        return frozenset().union(*(way.features for way in self.ways))


@dataclass(frozen=True)
class Catalogue:
    """All flags by id, the version, and each feature in words."""

    version: int
    flags: Mapping[str, Flag]
    features: Mapping[str, str]
    by_feature: Mapping[str, Sequence[str]]

    def flags_about(self, features: Iterable[str]) -> list[Flag]:
        """The flags that name one of `features`, in the order of the catalogue."""
        named = {flag for feature in features for flag in self.by_feature.get(feature, ())}
        return [flag for flag_id, flag in self.flags.items() if flag_id in named]


def tier_rank(tier: str) -> int:
    """0 for none, up to 4 for crisis."""
    return TIERS.index(tier)


def read_yaml(file: Path) -> Any:
    """The content of a YAML file. Raises CatalogueError naming file and line."""
    try:
        return YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except Exception as error:
        raise CatalogueError(f"{file}: not readable YAML: {str(error).splitlines()[0]}. Mend it.") from error


@lru_cache(maxsize=4)
def load_catalogue(file: Path) -> Catalogue:
    """Read and check red_flags.yml. Raises CatalogueError."""
    data = read_yaml(file)
    features = data["features"]
    flags = {entry["id"]: _flag(file, entry, features) for entry in data["flags"]}
    if len(flags) != len(data["flags"]):
        raise CatalogueError(f"{file}: two flags have the same id. Rename one.")
    for flag in flags.values():
        for other in flag.not_with:
            if other not in flags:
                raise CatalogueError(f"{file}: {flag.id}: not_with names {other}, which is no flag.")
    by_feature: dict[str, list[str]] = {name: [] for name in features}
    for flag in flags.values():
        for feature in flag.features:
            by_feature[feature].append(flag.id)
    return Catalogue(data["version"], flags, features, by_feature)


def _flag(file: Path, entry: Mapping[str, Any], features: Mapping[str, str]) -> Flag:
    def fail(what: str) -> CatalogueError:
        return CatalogueError(f"{file}: {entry.get('id', '?')}: {what}")

    required = (
        "id",
        "title",
        "tier",
        "region",
        "criteria",
        "why",
        "do_not",
        "clarify",
        "screening",
        "source",
    )
    missing = [key for key in required if not entry.get(key)]
    if missing:
        raise fail(f"'{missing[0]}' is missing. Add it.")
    escalate = entry.get("escalate") or {}
    for tier in (entry["tier"], escalate.get("tier", "none")):
        if tier not in TIERS:
            raise fail(f"tier '{tier}' is not one of {', '.join(TIERS)}.")
    flag = Flag(
        id=entry["id"],
        title=entry["title"],
        tier=entry["tier"],
        region=entry["region"],
        ways=tuple(_way(way) for way in entry["criteria"]),
        exclude=frozenset(entry.get("exclude") or ()),
        not_with=frozenset(entry.get("not_with") or ()),
        escalates_to=escalate.get("tier"),
        escalates_if=frozenset(escalate.get("if") or ()),
        why=entry["why"],
        do_not=entry["do_not"],
        clarify=entry["clarify"],
        screening=entry["screening"],
        source=tuple(entry["source"]),
        sign_off=entry.get("sign_off") or {},
    )
    for feature in flag.features | flag.exclude | flag.escalates_if:
        if feature not in features:
            raise fail(f"feature '{feature}' is not described under 'features'. Add a line there.")
    return flag


def _way(way: Mapping[str, Sequence[str]]) -> Way:
    any_of = frozenset(way.get("any") or ())
    least: Any = way.get("min_any", 1 if any_of else 0)
    return Way(frozenset(way.get("all") or ()), any_of, int(least))
