"""A broken red-flag catalogue is named by `check` with what to do, and stops a training."""

import shutil

import pytest

from backtalk.cli import main


@pytest.fixture
def copy(project, tmp_path):
    """A copy of the project's content."""
    for name in ("clinic.yml", "config.yml", "domain.yml"):
        shutil.copy(project.root / name, tmp_path)
    shutil.copytree(project.data, tmp_path / "data")
    return tmp_path


def test_the_shipped_content_has_no_faults(copy, capsys):
    assert main(["--project", str(copy), "check"]) == 0
    assert "red flags" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("red_flags.yml", "tier: emergency", "tier: emergancy", "emergancy"),
        ("red_flags.yml", "id: stroke_signs", "id: bladder_bowel_loss", "same id"),
        ("screening.yml", "flag: stroke_signs", "flag: strokes", "'strokes' is no flag"),
        ("screening.yml", "most_questions: 7", "most_questions: 6", "more than 6 questions"),
        ("phrases/stroke_signs.yml", "flag: stroke_signs", "flag: strokes", "name of the file"),
        ("phrases/stroke_signs.yml", "affirmed:", "affirmd:", "unknown key 'affirmd'"),
        ("features/head.yml", "lasts: days 7", "lasts: a week", "days N"),
    ],
)
@pytest.mark.parametrize("command", ["check", "train"])
def test_a_fault_is_named_with_its_file(copy, capsys, command, file, old, new, expected):
    broken = copy / "data" / "triage" / file
    text = broken.read_text(encoding="utf-8")
    assert old in text
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["--project", str(copy), command]) == 1
    said = "".join(capsys.readouterr())
    assert expected in said
    assert "Traceback" not in said


def test_a_message_that_stands_twice_is_found(copy, capsys):
    file = copy / "data" / "triage" / "phrases" / "stroke_signs.yml"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, lines[2]]) + "\n", encoding="utf-8")
    assert main(["--project", str(copy), "check"]) == 1
    assert "is there twice" in capsys.readouterr().out
