"""Faults in the files of patients' phrases that the backstop learns from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

from backtalk.triage.catalogue import Catalogue, CatalogueError, read_yaml

KINDS = ("affirmed", "near_miss")


def phrase_faults(folder: Path, catalogue: Catalogue) -> Iterator[tuple[Path, str]]:
    """(file, what is wrong and what to do) for each fault of `folder`/phrases/*.yml."""
    for file in sorted((folder / "phrases").glob("*.yml")):
        try:
            content = read_yaml(file)
        except CatalogueError as error:
            yield file, str(error).removeprefix(f"{file}: ")
            continue
        yield from ((file, fault) for fault in _faults(file, content, catalogue))


def _faults(file: Path, content: Any, catalogue: Catalogue) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "must hold 'flag', 'affirmed' and 'near_miss'."
        return
    for key in content:
        if key not in ("flag", *KINDS):
            yield f"unknown key '{key}'. Use flag, affirmed and near_miss."
    flag = content.get("flag")
    if flag is None and "affirmed" in content:
        yield "says 'affirmed' but names no flag. Add 'flag: <id>'."
    elif flag is not None and (flag not in catalogue.flags or flag != file.stem):
        yield f"flag is '{flag}'; it must be an id of red_flags.yml and the name of the file."
    seen: dict[str, str] = {}
    for kind in KINDS:
        for text in content.get(kind) or ():
            if not isinstance(text, str) or not text.strip():
                yield f"{kind}: '{text}' is no text. Put it in quotes."
            elif text in seen:
                yield f'{kind}: "{text[:60]}" is there twice ({seen[text]}). Keep one.'
            else:
                seen[text] = kind
