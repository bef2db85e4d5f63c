"""`backtalk ask`: one question, or a file of them, answered in order."""

import csv
import io
import json

import pytest

from backtalk.commands.ask import FIELDS

pytestmark = pytest.mark.usefixtures("loaded")
ROWS = [
    {"id": "b-7", "text": "what is sciatica", "note": "an extra field", "topics": ["ignored"]},
    {"id": 3, "text": "is that safe?", "context": "does massage help"},
    {"id": None, "text": "is that safe?"},
    {"id": "b-7", "text": "2", "context": ["hello", "tablets"]},
    {"id": 0, "text": "What is sciatica? And how do I book an appointment?", "context": []},
    {"id": "é ü", "text": ""},
]


def jsonl(rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def read(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def batch(backtalk, tmp_path):
    """The results for ROWS."""
    file = tmp_path / "questions.jsonl"
    file.write_text(jsonl(ROWS).replace("\n", "\n\n", 1), encoding="utf-8")  # an empty line is no row
    result = backtalk("ask", "--batch", str(file))
    assert (result.code, result.err) == (0, "")
    return read(result.out)


def test_a_process_of_its_own_reads_standard_input_and_writes_only_results(process, assistant):
    result = process("ask", "--batch", "-", stdin=jsonl(ROWS[:2]).encode())
    assert (result.code, result.err) == (0, "")
    assert [(row["id"], row["topic"]) for row in read(result.out)] == [
        ("b-7", "condition/sciatica"),
        (3, "treatment/massage"),
    ]


def test_a_question_is_answered_with_sources_date_and_numbered_suggestions(backtalk):
    result = backtalk("ask", "what is sciatica")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Sciatica is pain")
    for part in ("\nSources: NHS Sciatica", "\nChecked: ", "\n[1] ", "\n[3] "):
        assert part in result.out


def test_json_has_exactly_the_fields_in_order(backtalk):
    result = backtalk("ask", "--json", "what is sciatica")
    (row,) = read(result.out)
    assert tuple(row) == FIELDS
    assert row["id"] is None
    assert (row["outcome"], row["topic"], row["topics"]) == (
        "answer", "condition/sciatica", ["condition/sciatica"],
    )  # fmt: skip
    assert 0 < row["confidence"] <= 1
    assert row["reply"][0].startswith("Sciatica is pain")
    assert row["ms"] > 0


def test_the_sms_channel_shows_each_part_and_the_size(backtalk):
    result = backtalk("ask", "--channel", "sms", "what is sciatica")
    lines = result.out.strip().splitlines()
    assert lines[0].startswith("(1/2) Sciatica is pain")
    assert lines[1].startswith("(2/2) ")
    assert lines[-1].startswith("[2 parts, ")
    assert lines[-1].endswith("GSM-7]")


def test_the_sms_channel_in_json_has_the_choices_in_the_text(backtalk):
    (row,) = read(backtalk("ask", "--json", "--channel", "sms", "tablets").out)
    assert row["outcome"] == "choices"
    assert len(row["choices"]) > 1
    assert "\n1 " in row["reply"][0]


def test_an_empty_question_is_answered_too(backtalk):
    (row,) = read(backtalk("ask", "--json", "").out)
    assert row["intent"] == "empty_message"


def test_a_batch_keeps_order_and_ids_even_where_ids_repeat(batch):
    assert [row["id"] for row in batch] == [row["id"] for row in ROWS]


def test_every_result_of_a_batch_has_exactly_the_fields(batch):
    assert all(tuple(row) == FIELDS for row in batch)


def test_the_context_of_a_row_is_one_message_or_a_list_and_ends_with_the_row(batch):
    assert [row["topic"] for row in batch[:3]] == ["condition/sciatica", "treatment/massage", None]
    assert batch[3]["outcome"] == "answer"
    assert batch[3]["confidence"] == 1.0


def test_two_questions_in_a_row_have_two_topics_and_two_replies(batch):
    assert batch[4]["topics"] == ["condition/sciatica", "booking/book"]
    assert batch[4]["topic"] == "condition/sciatica"
    assert len(batch[4]["reply"]) == 2


def test_a_csv_file_is_read_with_its_columns_in_any_order(backtalk, tmp_path):
    file = tmp_path / "questions.CSV"
    rows = '\ufefftext,note,id,context\n"what is\nsciatica",x,1,\nis that safe?,,2,does massage help\n'
    file.write_text(rows, encoding="utf-8")
    result = backtalk("ask", "--batch", str(file))
    assert [(row["id"], row["topic"]) for row in read(result.out)] == [
        ("1", "condition/sciatica"),
        ("2", "treatment/massage"),
    ]


def test_csv_out_has_a_header_and_one_row_a_question(backtalk, tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text(jsonl([ROWS[0], ROWS[4]]), encoding="utf-8")
    result = backtalk("ask", "--batch", str(file), "--csv")
    header, first, second = csv.reader(io.StringIO(result.out))
    assert tuple(header) == FIELDS
    assert dict(zip(header, first, strict=True))["topic"] == "condition/sciatica"
    assert dict(zip(header, second, strict=True))["topics"] == "condition/sciatica\nbooking/book"


def test_a_batch_is_read_from_standard_input(backtalk, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(jsonl(ROWS[:1]).encode())))
    (row,) = read(backtalk("ask", "--batch", "-").out)
    assert row["topic"] == "condition/sciatica"


def test_an_empty_batch_is_answered_with_nothing(backtalk, tmp_path):
    file = tmp_path / "none.jsonl"
    file.write_text("\n", encoding="utf-8")
    assert backtalk("ask", "--batch", str(file)) == (0, "", "")
