"""Every stored answer obeys the rules a patient can feel."""

import datetime as dt
from pathlib import Path

import pytest

from backtalk.clinic import load_clinic
from backtalk.content.answer_rules import check_answers
from backtalk.content.library import check_library, load_sources
from backtalk.content.plain_words import load_plain_words
from backtalk.content.sms_parts import segments
from backtalk.content.topic_file import read_topic, topic_files

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
FILES = list(topic_files(DATA))
FACTS = load_clinic(ROOT / "clinic.yml").placeholders()


def name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def test_there_is_a_file_for_each_of_the_120_topics():
    assert len(FILES) == 120


def test_the_whole_library_has_no_findings():
    assert check_library(DATA, FACTS, dt.date(2026, 11, 21)) == []


@pytest.mark.parametrize("file", FILES, ids=name)
def test_every_answer_of_the_topic_keeps_the_plain_language_rules(file):
    topic = read_topic(file).topic
    assert list(check_answers(topic, load_plain_words(DATA / "plain_words.yml"), FACTS)) == []


@pytest.mark.parametrize("country", ["US", "UK", "CA", "AU", "EU"])
def test_every_sms_answer_fits_two_parts_in_every_country(tmp_path, country):
    text = (ROOT / "clinic.yml").read_text(encoding="utf-8")
    file = tmp_path / "clinic.yml"
    file.write_text(text.replace("country: US ", f"country: {country} "), encoding="utf-8")
    facts = load_clinic(file).placeholders()
    too_long = []
    for topic_file in FILES:
        topic = read_topic(topic_file).topic
        for variant in ("sms", "simple"):
            shown = topic.answers[variant].text
            for key, value in facts.items():
                shown = shown.replace("{" + key + "}", value)
            if segments(shown).parts > 2:
                too_long.append((topic.id, variant))
    assert too_long == []


def test_every_source_has_a_title_a_year_and_a_link():
    for key, source in load_sources(DATA / "sources.yml").items():
        assert source.title, key
        assert source.year == "living page" or source.year[:4].isdigit(), key
        assert source.url.startswith("https://"), key


def test_a_review_that_is_overdue_is_a_finding():
    findings = check_library(DATA, FACTS, dt.date(2028, 1, 1))
    overdue = {finding.file.parent.name for finding in findings if finding.rule == "reviewed"}
    assert "worry" in overdue  # red flags: 12 months
    assert "selfcare" not in overdue  # the others: 24
