"""The whole folder of pages: one for each red flag, and the index that explains them."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

from backtalk.triage.advice import AdviceTexts
from backtalk.triage.assess import Triage
from backtalk.triage.pages.examples import checked_examples
from backtalk.triage.pages.findings import Findings
from backtalk.triage.pages.index import INDEX, index
from backtalk.triage.pages.page import code_of, page, signed_part


def clinical_pages(folder: Path, facts: Mapping[str, str]) -> dict[str, str]:
    """File name -> content, from the catalogue in `folder` and a clinic's facts.

    The same input always gives the same pages. Raises CatalogueError.
    """
    triage = Triage(folder)
    catalogue = triage.catalogue
    findings = Findings(folder, catalogue)
    texts = AdviceTexts(catalogue, facts, folder / "advice.yml")
    neutral = AdviceTexts(catalogue, {name: f"[{name}]" for name in facts}, folder / "advice.yml")
    codes = {name: code_of(flag, catalogue, findings, neutral) for name, flag in catalogue.flags.items()}
    pages = {INDEX: index(catalogue, codes, texts, facts)}
    for name, flag in catalogue.flags.items():
        examples = checked_examples(triage, name, folder / "phrases" / f"{name}.yml")
        signed = signed_part(flag, catalogue, findings, texts)
        pages[f"{name}.md"] = page(signed, codes[name], flag, findings, examples)
    return pages


def stale_pages(pages: Mapping[str, str], there: Path) -> list[str]:
    """Names of the pages in the folder `there` that are missing, other than in `pages`, or too many."""
    stale = [name for name, text in pages.items() if _content(there / name) != text]
    return sorted(stale + [file.name for file in there.glob("*.md") if file.name not in pages])


def write_pages(pages: Mapping[str, str], there: Path) -> list[str]:
    """Make the folder `there` hold exactly `pages`; returns the names of those that changed."""
    stale = stale_pages(pages, there)
    there.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in pages:
            (there / name).write_text(pages[name], encoding="utf-8")
        else:
            (there / name).unlink()
    return stale


def _content(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
