"""The clinician's pages say what the catalogue says, and what they show is so."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from backtalk.triage import facts
from backtalk.triage.assess import assess, data_folder, shipped_triage
from backtalk.triage.catalogue import CatalogueError
from backtalk.triage.pages.findings import NUMBERS, Findings
from backtalk.triage.pages.folder import clinical_pages, stale_pages, write_pages
from backtalk.triage.pages.sign_off import SignOff, page_code
from backtalk.triage.screening import shipped_screening

FLAGS = shipped_triage().catalogue.flags
FIRST = next(iter(FLAGS))
FEWEST = 5
_EXAMPLE = re.compile(r"^- “(.*)”(?: \((\w+)(?:, about another person)?\))?$", re.MULTILINE)


@pytest.fixture(scope="module")
def pages(project) -> dict[str, str]:
    return clinical_pages(project.data, project.clinic().placeholders())


@pytest.fixture(scope="module")
def edited(tmp_path_factory, project):
    """`edited(old, new)` gives the pages of a catalogue in which one text is another, with few examples."""
    facts = project.clinic().placeholders()

    def run(*changes: tuple[str, str], **other_facts: str) -> dict[str, str]:
        data = tmp_path_factory.mktemp("edited")
        folder = shutil.copytree(data_folder(), data / "triage")
        shutil.copytree(project.data / "conversation", data / "conversation")
        for file in (folder / "phrases").glob("*.yml"):
            phrases = yaml.safe_load(file.read_text(encoding="utf-8"))
            few = {key: phrases[key][:3] for key in ("affirmed", "near_miss") if key in phrases}
            file.write_text(yaml.safe_dump(few), encoding="utf-8")
        file = folder / "red_flags.yml"
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file.write_text(text, encoding="utf-8")
        return clinical_pages(data, {**facts, **other_facts})

    return run


def part(page: str, heading: str) -> str:
    return page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_pages_are_up_to_date(pages, project):
    stale = stale_pages(pages, project.root / "docs" / "clinical")
    assert not stale, f"run backtalk review clinical: {', '.join(stale)}"


def test_each_flag_has_a_page_and_a_line_in_the_index(pages):
    assert set(pages) == {"README.md", "symptom_check.md", *(f"{name}.md" for name in FLAGS)}
    for name, flag in FLAGS.items():
        assert f"[{flag.title}]({name}.md)" in pages["README.md"]


@pytest.mark.parametrize("name", FLAGS)
def test_each_example_behaves_as_its_page_says(pages, name):
    raise_it, raise_none = part(pages[f"{name}.md"], "Example messages").split("These raise no sign:")
    raising, quiet = (_EXAMPLE.findall(re.sub(r"\\(.)", r"\1", text)) for text in (raise_it, raise_none))
    assert len(raising) >= FEWEST
    assert len(quiet) >= FEWEST
    for text, tier in raising:
        assert assess(text).tiers.get(name) == tier, text
    for text, _ in quiet:
        assert assess(text).tier == "none", text


@pytest.mark.parametrize("name", FLAGS)
def test_a_page_is_in_words_and_has_no_open_placeholder(pages, name):
    page = pages[f"{name}.md"].split("## Example messages")[0]
    assert "{" not in page
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b(?!\.md)", page)


def test_every_finding_of_a_flag_is_on_its_page(pages):
    titles = shipped_triage().catalogue.features
    for name, flag in FLAGS.items():
        for finding in flag.features | flag.exclude | flag.escalates_if:
            assert titles[finding] in part(pages[f"{name}.md"], "When it is met"), (name, finding)


def test_every_question_of_the_symptom_check_is_on_its_page_and_on_its_flags_page(pages):
    for region in shipped_screening().regions.values():
        for question in region.questions:
            assert question.asks in pages["symptom_check.md"]
            assert question.asks in part(pages[f"{question.flag}.md"], "Questions")


def test_a_changed_wording_changes_only_its_page(edited):
    before, after = edited(), edited((FLAGS["iih_signs"].why, "It matters."))
    assert [name for name in before if after[name] != before[name]] == ["iih_signs.md"]


def signature(**keys: str) -> tuple[str, str]:
    """The change that signs the first flag off."""
    return ("sign_off: {clinician: null, date: null}", f"sign_off: {json.dumps(keys)}")


def test_a_signature_holds_until_the_page_says_something_else(pages, edited):
    name = f"{FIRST}.md"
    code = re.search(r"Page code: `(\w+)`", pages[name]).group(1)
    by = signature(clinician="Dr A. Example", date="2027-01-31", code=code)
    held = edited(by, emergency_number="112")
    assert "This page is signed off by Dr A. Example on 2027-01-31." in held[name]
    assert f"{len(FLAGS)} signs, 1 of them signed off" in held["README.md"]
    changed = edited(by, (FLAGS[FIRST].why, "It matters."))
    assert "This page is not signed off: changed since signed off by Dr A. Example" in changed[name]
    assert f"{len(FLAGS)} signs, 0 of them signed off" in changed["README.md"]


@pytest.mark.parametrize(
    ("sign_off", "said"),
    [
        ({"clinician": "Dr A. Example"}, "belong together"),
        ({"clinician": "Dr A. Example", "date": "yesterday"}, "YYYY-MM-DD"),
        ({"clinician": "Dr A. Example", "date": "2027-01-31", "name": "x"}, "unknown key 'name'"),
        ({"code": "p12345678"}, "belong together"),
    ],
)
def test_half_a_signature_is_an_error_that_names_the_flag(edited, sign_off, said):
    with pytest.raises(CatalogueError, match=f"{FIRST}.*{said}"):
        edited(signature(**sign_off))


def test_a_signature_without_a_code_says_that_changes_do_not_show():
    words = SignOff("Dr A. Example", "2027-01-31", "").in_words(page_code("anything"))
    assert words.startswith("signed off by Dr A. Example")
    assert "later changes do not show" in words


def test_a_page_too_many_is_stale_and_goes(tmp_path):
    write_pages({"README.md": "one\n"}, tmp_path)
    (tmp_path / "old_flag.md").write_text("old\n", encoding="utf-8")
    assert stale_pages({"README.md": "one\n"}, tmp_path) == ["old_flag.md"]
    assert write_pages({"README.md": "one\n"}, tmp_path) == ["old_flag.md"]
    assert not stale_pages({"README.md": "one\n"}, tmp_path)


@pytest.mark.parametrize(
    ("feature", "at", "below"),
    [
        ("fever", f"my temperature is {facts.FEVER_C}", "my temperature is 37.9"),
        ("fever", f"my temperature is {facts.FEVER_F} F", "my temperature is 100.3 F"),
        ("low_reading", "my temperature is 37.9", "my temperature is 38.0"),
        ("age_50", "I am 50 years old", "I am 49 years old"),
        ("bone_risk", "I am 65 years old", "I am 64 years old"),
        ("child", "my son is 17 years old", "my son is 18 years old"),
        ("age_under_50", "I am 49 years old", "I am 50 years old"),
        ("onset_under_45", "I am 44 years old", "I am 45 years old"),
        ("bp_180_120", "my blood pressure is 180/90", "my blood pressure is 179/119"),
        ("bp_180_120", "my blood pressure is 170/120", "my blood pressure is 179/119"),
        ("pregnant_20wk", "I am 20 weeks pregnant", "I am 19 weeks pregnant"),
        ("pregnant_any", "I gave birth 45 days ago", "I gave birth 46 days ago"),
        ("maybe_pregnant", "I am 13 weeks pregnant", "I am 14 weeks pregnant"),
        ("six_weeks", f"for {facts.SIX_WEEKS_DAYS} days", "for 41 days"),
        ("over_daily_max", "I took 9 paracetamol today", "I took 8 paracetamol today"),
        ("over_daily_max", "I took 7 ibuprofen today", "I took 6 ibuprofen today"),
        ("over_daily_max", "I took 4 ibuprofen 400 today", "I took 3 ibuprofen 400 today"),
        ("overdose_large", "I took 17 paracetamol today", "I took 16 paracetamol today"),
    ],
)
def test_numbers_are_read_as_the_pages_say(feature, at, below):
    def found(text: str) -> set[str]:
        return {finding.feature for finding in assess(text).findings if finding.pattern[0].isalnum()}

    assert feature in NUMBERS
    assert feature in found(at)
    assert feature not in found(below)


def test_every_number_that_the_software_reads_is_in_words():
    source = Path(facts.__file__).read_text(encoding="utf-8")
    given = re.findall(r'Match\(\s*"(\w+)"(?: if [^,]+ else "(\w+)")?', source)
    assert ("fever", "low_reading") in given
    names = {name for pair in given for name in pair if name} - {"over_three_days"}  # no flag asks for it
    assert names <= set(NUMBERS)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("I lost control of my bladder 50 days ago", True),
        ("I lost control of my bladder 70 days ago", False),
        ("I passed out 6 days ago", True),
        ("I passed out 9 days ago", False),
    ],
)
def test_what_is_over_counts_for_as_long_as_the_pages_say(text, counts):
    assert (assess(text).tier == "emergency") == counts


def test_a_finding_nobody_looks_for_is_marked(pages):
    findings = Findings(data_folder(), shipped_triage().catalogue)
    unseen = [name for name in shipped_triage().catalogue.features if not findings.is_looked_for(name)]
    for name in unseen:
        marked = f"{shipped_triage().catalogue.features[name]} (the software does not look for this yet)"
        assert any(marked in page for page in pages.values()), name
