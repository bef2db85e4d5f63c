"""What data/triage/words.yml and data/triage/features say of each feature, read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Sequence

from backtalk.triage.catalogue import CatalogueError, read_yaml
from backtalk.triage.memory import COMPLAINT, FACT

_PARTS = ("words", "phrases", "implies", "features")
_KEYS = ("patterns", "unless", "lasts", "remembered")
_LASTS = re.compile(r"now|always|days \d+")


@dataclass(frozen=True)
class Features:
    """By feature: its patterns, what excuses it (`unless`), and what becomes of it with time.

    `lasts` is "now" (counts only while it is there), "always" (a fact, such as past cancer) or "days N"
    (counts for N days after it has gone); `remembered` says for how long a conversation remembers it (see
    memory.py); `implies` holds every other feature that it includes. `words` are lists for patterns,
    `phrases` fixed expressions by the word that they are read as.
    """

    patterns: Mapping[str, Sequence[str]]
    unless: Mapping[str, Sequence[str]]
    lasts: Mapping[str, str]
    remembered: Mapping[str, str]
    implies: Mapping[str, frozenset[str]]
    words: Mapping[str, str]
    phrases: Mapping[str, Sequence[str]]


def load_features(folder: Path) -> Features:
    """Read words.yml and features/*.yml of `folder`. Raises CatalogueError."""
    parts = _merged([folder / "words.yml", *sorted((folder / "features").glob("*.yml"))])
    entries = parts["features"]
    for name, entry in entries.items():
        unknown = [key for key in entry if key not in _KEYS]
        if unknown:
            raise CatalogueError(f"feature {name}: unknown key '{unknown[0]}'. Use {', '.join(_KEYS)}.")
        if not _LASTS.fullmatch(str(entry.get("lasts", "now"))):
            raise CatalogueError(f"feature {name}: lasts is '{entry['lasts']}'. Write now, always or days N.")
        if entry.get("remembered", FACT) not in (FACT, COMPLAINT):
            raise CatalogueError(f"feature {name}: remembered is neither {FACT} nor {COMPLAINT}.")
    return Features(
        patterns={name: entry["patterns"] for name, entry in entries.items()},
        unless={name: entry["unless"] for name, entry in entries.items() if entry.get("unless")},
        lasts={name: str(entry.get("lasts", "now")) for name, entry in entries.items()},
        remembered={n: entry["remembered"] for n, entry in entries.items() if "remembered" in entry},
        implies={name: _closure(name, parts["implies"]) for name in parts["implies"]},
        words=parts["words"],
        phrases=parts["phrases"],
    )


def _merged(files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """The parts of all files together; a name may be given only once."""
    merged: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    for file in files:
        for part, entries in (read_yaml(file) or {}).items():
            if part not in merged:
                raise CatalogueError(f"{file}: unknown key '{part}'. Use {', '.join(merged)}.")
            for name, entry in (entries or {}).items():
                if name in merged[part]:
                    raise CatalogueError(f"{file}: '{name}' under {part} is in another file too. Keep one.")
                merged[part][name] = entry
    return merged


def _closure(name: str, implies: Mapping[str, str]) -> frozenset[str]:
    found: set[str] = set()
    waiting = implies[name].split()
    while waiting:
        feature = waiting.pop()
        if feature not in found:
            found.add(feature)
            waiting += implies.get(feature, "").split()
    return frozenset(found)
