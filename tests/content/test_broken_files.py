"""A broken topic file stops `check` and `train`, with file, line and what to do."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from backtalk.clinic import load_clinic
from backtalk.content.library import check_library

ROOT = Path(__file__).resolve().parents[2]
FACTS = load_clinic(ROOT / "clinic.yml").placeholders()
FILE = "data/topics/selfcare/heat-ice.yml"
OTHER = "data/topics/selfcare/rest.yml"


@pytest.fixture
def library(tmp_path):
    """A copy of the content with one topic to break, and one neighbour."""
    data = tmp_path / "data"
    (data / "topics" / "selfcare").mkdir(parents=True)
    for name in ("plain_words.yml", "sources.yml", "topic_list.yml"):
        shutil.copy(ROOT / "data" / name, data / name)
    for name in (FILE, OTHER):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def findings_for(library: Path, rule: str) -> list:
    found = check_library(library / "data", FACTS, dt.date(2026, 11, 21))
    return [f for f in found if f.rule == rule and f.file == library / FILE]


def change(library: Path, old: str, new: str) -> int:
    """Replace `old` once in the topic file; returns the line it stood on."""
    file = library / FILE
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("responses:", "respnses:", "unknown-key"),
        ("intents:\n", "intents:\n-\t[\n", "yaml"),
        ("  - channel: simple", "  - channel: simpel", "variant"),
        ("  - channel: sms", "  - colour: red\n    channel: sms", "unknown-key"),
        ('      reviewed: "', '      reveiwed: "', "unknown-key"),
    ],
)
def test_a_file_of_the_wrong_shape_is_named_with_its_line(library, old, new, rule):
    line = change(library, old, new)
    found = findings_for(library, rule)
    assert found
    assert any(abs(f.line - line) <= 1 for f in found), [str(f) for f in found]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("{emergency_number}", "{emergancy_number}", "placeholder"),
        ('reviewed: "2026-11-21"', 'reviewed: "soon"', "reviewed"),
        ("topic: selfcare/heat-ice", "topic: selfcare/heat", "topic-id"),
        ("urgency: none", "urgency: never", "urgency"),
        ("type: inform", "type: advert", "type"),
        ("sources: [", "sources: [my-own-blog, ", "sources"),
        ("next: [", "next: [selfcare/teleport, ", "next"),
        ("followups: {", "followups: {magic: selfcare/rest, ", "followups"),
        ("action: utter_selfcare_heat_ice", "action: utter_selfcare_heatice", "rule"),
    ],
)
def test_a_wrong_value_is_a_finding(library, old, new, rule):
    file = library / FILE
    if old == "{emergency_number}":
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("emergency help", "call {emergancy_number}", 1), encoding="utf-8")
    else:
        change(library, old, new)
    assert findings_for(library, rule)


def answer(library: Path, variant_line: str, text: str) -> None:
    """Put `text` in place of the variant's own text."""
    file = library / FILE
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip() == variant_line)
    first = next(i for i in range(start, len(lines)) if lines[i].lstrip("- ").startswith("text:"))
    end = next(i for i in range(first + 1, len(lines)) if lines[i].strip().startswith("metadata:"))
    indent = "    text: "
    lines[first:end] = [indent + f'"{text}"']
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


NET = "Get emergency help for weak legs."


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Use heat. " * 40 + NET, "length"),
        ("Use heat \u2013 it\u2019s nice. " + NET, "characters"),
        ("Use **heat**. " + NET, "markup"),
        ("Use heat.", "safety-net"),
        ("Use heat and cold, " + "and then heat and cold, " * 4 + "and then rest. " + NET, "sentence"),
        ("Comprehensive physiological thermoregulation facilitates analgesia. " + NET, "reading-level"),
        ("Take 400 mg of it. " + NET, "wording"),
        ("Take 2 tablets. " + NET, "wording"),
        ("Nurofen can help. " + NET, "wording"),
        ("Heat is a proven cure. " + NET, "wording"),
        ("HEAT can help. " + NET, "capitals"),
        ("Heat can help. \U0001f600 " + NET, "emoji"),
        ("Call 555-0100-2000 for heat. " + NET, "clinic-fact"),
        ("Call 911 for heat. " + NET, "clinic-fact"),
        ("It helps 50% of people. " + NET, "wording"),
        ("Heat helps! " + NET, "wording"),
    ],
)
def test_an_sms_answer_that_breaks_a_rule_is_a_finding(library, text, rule):
    answer(library, "- channel: sms", text)
    assert findings_for(library, rule)


def test_the_same_example_in_two_topics_is_a_finding(library):
    first = next(
        line.strip()
        for line in (library / OTHER).read_text(encoding="utf-8").splitlines()
        if line.startswith("    - ")
    )
    change(library, "  examples: |\n", f"  examples: |\n    {first}\n")
    found = check_library(library / "data", FACTS, dt.date(2026, 11, 21))
    assert [f for f in found if f.rule == "duplicate-example"]


def test_the_same_intent_in_two_files_is_a_finding(library):
    shutil.copy(library / FILE, library / "data" / "topics" / "selfcare" / "zz.yml")
    found = check_library(library / "data", FACTS, dt.date(2026, 11, 21))
    assert [f for f in found if f.rule == "duplicate-intent"]


def test_a_topic_without_a_file_is_a_finding(library):
    found = check_library(library / "data", FACTS, dt.date(2026, 11, 21))
    missing = [f for f in found if f.rule == "coverage"]
    assert len(missing) == 118
    assert all(f.file.name == "topic_list.yml" for f in missing)
