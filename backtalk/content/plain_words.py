"""The word lists of data/plain_words.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Avoided:
    """A wording that answers avoid, and what to say instead."""

    pattern: re.Pattern[str]
    say: str
    except_topics: frozenset[str]


@dataclass(frozen=True)
class PlainWords:
    """`medical_names` do not count towards the reading level; `capitals` may stand in capitals."""

    medical_names: frozenset[str]
    capitals: frozenset[str]
    never: tuple[Avoided, ...]


def load_plain_words(file: Path) -> PlainWords:
    """Read the word lists. Raises KeyError or re.error if the file was broken."""
    raw = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    return PlainWords(
        medical_names=frozenset(raw["medical_names"]),
        capitals=frozenset(raw["capitals"]),
        never=tuple(
            Avoided(
                re.compile(row["pattern"], re.IGNORECASE),
                row["say"],
                frozenset(row.get("except_topics", ())),
            )
            for row in raw["never"]
        ),
    )
