"""What `backtalk ask` cannot read is said in one line, before anything is asked."""

import pytest

GOOD = '{"id": 1, "text": "hello"}\n'


def one_line(result) -> str:
    """The message of a command that failed as it should: one line on stderr, nothing else."""
    assert result.code == 1
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert result.err.startswith("backtalk ask: ")
    assert "unexpected" not in result.err
    assert "Traceback" not in result.err
    return result.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", GOOD + "what is sciatica\n", ":2: not JSON"),
        ("a.jsonl", GOOD + '{"id": 2, "text": \n', ":2: not JSON"),
        ("a.jsonl", GOOD + "\n" + '{"id": 2}\n', ':3: needs "id" and a text'),
        ("a.jsonl", '{"text": "hello"}\n', ':1: needs "id" and a text'),
        ("a.jsonl", '{"id": 1, "text": null}\n', ':1: needs "id" and a text'),
        ("a.jsonl", '{"id": 1, "text": 5}\n', ':1: needs "id" and a text'),
        ("a.jsonl", GOOD + '["id", "text"]\n', ':2: needs "id" and a text'),
        ("a.jsonl", '{"id": 1, "text": "x", "context": 5}\n', ':1: "context" must be'),
        ("a.jsonl", '{"id": 1, "text": "x", "context": ["a", 5]}\n', ':1: "context" must be'),
        ("a.csv", "1,hello\n2,what is sciatica\n", ":1: the first line must name"),
        ("a.csv", "id,question\n1,hello\n", ":1: the first line must name"),
        ("a.csv", "", ":1: the first line must name"),
        ("a.csv", "id,text\n1,hello\n2\n", ':3: needs "id" and a text'),
        ("a.csv", "id,text\n1,he\x00llo\n", ":2"),
    ],
)
def test_a_row_that_cannot_be_asked_is_named_with_file_and_line(backtalk, tmp_path, name, content, said):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    assert f"{file}{said}" in one_line(backtalk("ask", "--batch", str(file)))


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_file_that_is_not_utf8_is_named(backtalk, tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b'{"id": 1, "text": "caf\xe9"}\n' if name == "a.jsonl" else b"id,text\n1,caf\xe9\n")
    assert f"{file} is not UTF-8 text" in one_line(backtalk("ask", "--batch", str(file)))


def test_a_missing_file_is_named(backtalk, tmp_path):
    file = tmp_path / "missing.jsonl"
    assert f"{file} does not exist" in one_line(backtalk("ask", "--batch", str(file)))


def test_a_folder_is_named(backtalk, tmp_path):
    assert f"{tmp_path} is a folder" in one_line(backtalk("ask", "--batch", str(tmp_path)))


def test_text_and_batch_together_or_neither_is_refused(backtalk, tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text(GOOD, encoding="utf-8")
    assert "one question in quotes, or --batch" in one_line(backtalk("ask", "hello", "--batch", str(file)))
    assert "one question in quotes, or --batch" in one_line(backtalk("ask"))


def test_a_folder_without_content_is_named(backtalk, tmp_path):
    assert f"{tmp_path} has no data folder" in one_line(backtalk("ask", "hello", root=tmp_path))


def test_standard_input_that_is_not_json_is_named_with_its_line(process):
    assert "-:2: not JSON" in one_line(process("ask", "--batch", "-", stdin=GOOD.encode() + b"hello\n"))


def test_standard_input_that_is_not_utf8_is_named(process):
    result = process("ask", "--batch", "-", stdin=b'{"id": 1, "text": "caf\xe9"}\n')
    assert "not UTF-8" in one_line(result)


def test_an_unknown_option_is_explained_with_exit_code_2(process):
    result = process("ask", "--channel", "fax", "hello")
    assert result.code == 2
    assert "invalid choice: 'fax'" in result.err
    assert "Traceback" not in result.err
