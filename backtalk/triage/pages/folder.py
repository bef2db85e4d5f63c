"""The whole folder of pages: one for each red flag and one for the symptom check, with an index."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

from backtalk.triage.advice import AdviceTexts
from backtalk.triage.assess import Triage
from backtalk.triage.pages.check_page import CHECK, CheckPage
from backtalk.triage.pages.examples import checked_examples
from backtalk.triage.pages.findings import Findings
from backtalk.triage.pages.index import INDEX, index
from backtalk.triage.pages.page import page, signed_part
from backtalk.triage.pages.sign_off import page_code


def clinical_pages(data: Path, facts: Mapping[str, str]) -> dict[str, str]:
    """File name -> content, from the catalogue in the data folder `data` and a clinic's facts.

    The same input always gives the same pages. Raises CatalogueError.
    """
    folder = data / "triage"
    triage = Triage(folder)
    catalogue = triage.catalogue
    findings = Findings(folder, catalogue)
    check = CheckPage(data, catalogue)
    # A page code holds names in place of phone numbers, which are each clinic's own.
    neutral = AdviceTexts(catalogue, {name: f"[{name}]" for name in facts}, folder / "advice.yml")
    texts = AdviceTexts(catalogue, facts, folder / "advice.yml")
    codes = {
        name: page_code(signed_part(flag, catalogue, findings, neutral, check))
        for name, flag in catalogue.flags.items()
    }
    pages = {INDEX: index(catalogue, codes, texts, facts, check), CHECK: check.text(facts)}
    for name, flag in catalogue.flags.items():
        examples = checked_examples(triage, name, folder / "phrases" / f"{name}.yml")
        signed = signed_part(flag, catalogue, findings, texts, check)
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
