"""Every text for SMS fits, for the shipped clinic and for one with long facts, in every country."""

import re
import shutil
from pathlib import Path

import pytest

from backtalk.channels.failsafe import failsafe_reply
from backtalk.clinic import load_clinic
from backtalk.content.library import load_topics
from backtalk.content.sms_check import check_sms, parts_counted, sms_sizes
from backtalk.content.sms_library import Kind, topic_texts, triage_texts
from backtalk.content.sms_parts import segments
from backtalk.content.sms_room import ROOM, costly_facts, too_long_facts, with_usual_facts
from backtalk.content.sms_rules import sms_faults, urgent_faults
from backtalk.triage.assess import shipped_triage

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
CLINIC = load_clinic(ROOT / "clinic.yml")
FACTS = CLINIC.placeholders()
COUNTRIES = ["US", "UK", "CA", "AU", "EU"]


def facts_in(country: str, tmp_path: Path) -> dict[str, str]:
    text = (ROOT / "clinic.yml").read_text(encoding="utf-8")
    file = tmp_path / "clinic.yml"
    file.write_text(text.replace("country: US ", f"country: {country} "), encoding="utf-8")
    return load_clinic(file).placeholders()


@pytest.mark.parametrize("longest", [False, True])
@pytest.mark.parametrize("country", COUNTRIES)
def test_every_answer_has_three_parts_at_most_and_nine_in_ten_have_two(tmp_path, country, longest):
    sizes = sms_sizes(DATA, facts_in(country, tmp_path), longest=longest)[Kind.ANSWER]
    count = parts_counted(sizes)
    assert len(sizes) == 120
    assert max(count) <= 3
    assert count[1] + count[2] >= 0.9 * len(sizes)


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_text_needs_more_than_three_parts_and_none_leaves_the_sms_alphabet(tmp_path, country):
    for sizes in sms_sizes(DATA, facts_in(country, tmp_path)).values():
        assert sizes
        assert {size.encoding for size in sizes} == {"GSM-7"}
        assert max(size.parts for size in sizes) <= 3


def test_the_whole_library_keeps_the_rules_for_sms():
    assert check_sms(DATA, FACTS) == []


def test_what_to_do_stands_in_the_first_part_of_every_urgent_text():
    catalogue = shipped_triage().catalogue
    urgent = [t for t in triage_texts(catalogue, DATA / "triage", FACTS) if t.kind is Kind.URGENT]
    routed = {flag.id for flag in catalogue.flags.values() if flag.tier in ("urgent", "emergency", "crisis")}
    for flag in routed:
        people = {text.name.rsplit(", ", 1)[1] for text in urgent if text.name.startswith(f"{flag}, ")}
        assert people == {"self", "other"}, flag
    for text in urgent:
        assert list(urgent_faults(text.text)) == [], text.name
        first = re.sub(r"\{([a-z_]+)\}", lambda match: FACTS[match[1]], text.text)[:153]
        number = FACTS["urgent_advice"] if ", urgent," in text.name else CLINIC.emergency
        assert number in first, text.name


def test_an_answer_and_the_line_on_whom_to_see_fit_three_parts_together():
    topics, _ = load_topics(DATA)
    around = triage_texts(shipped_triage().catalogue, DATA / "triage", FACTS)
    lines = [text.text for text in around if text.name in ("soon", "safety_net")]
    assert len(lines) == 2
    for answer in topic_texts(topics):
        for line in lines:
            joined = with_usual_facts(f"{answer.text}\n\n{line}", FACTS)
            assert segments(joined).parts <= 3, answer.name


def test_the_fail_safe_text_fits_two_parts_of_a_clinic_with_a_long_name():
    clinic = CLINIC.copy(update={"name": "N" * ROOM["clinic_name"].longest})
    assert segments(failsafe_reply(clinic).text).parts <= 2


def test_the_shipped_clinic_has_room_and_costs_nothing_extra():
    assert set(FACTS) <= set(ROOM)
    assert list(too_long_facts(FACTS)) == []
    assert list(costly_facts(FACTS)) == []


def test_a_fact_that_is_too_long_or_costs_more_is_named():
    name = {"clinic_name": "N" * 61}
    assert list(too_long_facts(name)) == [
        "{clinic_name} has 61 characters, at most 60: a text message would need a fourth part. Shorten it."
    ]
    costs = list(costly_facts({"clinic_name": "Clínica O’Brien"}))
    assert len(costs) == 1
    assert "í, which" in costs[0]  # the curly quote is folded, so it costs nothing


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It’s fine.", "characters"),
        ("a" * 307, "length"),
        ("a" * 340 + "{clinic_name}", "length"),
        ("{fees} {insurance} {first_visit}", "length"),
        ("See {booking_url} or {privacy_url}.", "links"),
        ("See {booking_url} or https://example.org.", "links"),
        ("Use **heat**.", "markup"),
        ("- heat\n- cold", "markup"),
    ],
)
def test_a_fault_of_a_text_is_found(text, rule):
    assert rule in [found for found, _ in sms_faults(text, FACTS)]


@pytest.mark.parametrize(
    "text",
    ["Please go to hospital now.\nCall {emergency_number}.", "a" * 150 + " {emergency_number}", "a" * 460],
)
def test_an_urgent_text_that_hides_what_to_do_is_found(text):
    assert list(urgent_faults(text)) != []


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("conversation/refuse.yml", "For a person, call", "For a person — call", "characters"),
        ("conversation/choices.yml", "", "", None),
        ("conversation/replies.yml", "Checked: {checked}", "Checked: " + "word. " * 60, "length"),
        ("conversation/screening.yml", "Please talk to a doctor today", "{nobody} today", "placeholder"),
        ("conversation/refuse.yml", "I do not know that. I can", "I do not know that but can", "sentence"),
        ("triage/advice.yml", "      Call {emergency_number} now or", "      Go now or", "action-first"),
        ("conversation/urgent.yml", "responses:", "responses: [1]\nother:", "shape"),
        ("channels/sms.yml", "You get no more, unless", "You get no more — unless", "characters"),
    ],
)
def test_a_fault_outside_the_topics_is_named_with_its_file(tmp_path, file, old, new, rule):
    shutil.copytree(DATA, tmp_path / "data")
    broken = tmp_path / "data" / file
    text = broken.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new), encoding="utf-8")
    findings = check_sms(tmp_path / "data", FACTS)
    assert {finding.rule for finding in findings} >= ({rule} if rule else set())
    assert bool(findings) == bool(rule)
    assert all(finding.file.name in (broken.name, "conversation", "sms.yml") for finding in findings)


def test_the_table_of_parts_in_the_documents_is_what_the_check_prints(capsys):
    from backtalk.commands.sms_table import print_sms_table

    print_sms_table(DATA, FACTS)
    table = capsys.readouterr().out.strip()
    told = (ROOT / "docs" / "sms.md").read_text(encoding="utf-8")
    assert table in told, f"docs/sms.md, 'What a text costs', must hold:\n{table}"
