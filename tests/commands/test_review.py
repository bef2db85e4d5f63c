"""`backtalk review`: the clinician's pages are written, and --check only looks."""

import shutil

import pytest


@pytest.fixture
def copy(project, tmp_path):
    """The parts of the project that the pages are made from, and the pages."""
    shutil.copytree(project.root / "data" / "triage", tmp_path / "data" / "triage")
    shutil.copytree(project.root / "docs" / "clinical", tmp_path / "docs" / "clinical")
    shutil.copy(project.clinic_file, tmp_path)
    return tmp_path


def test_check_names_each_stale_page_and_writes_nothing_then_review_mends_them(backtalk, copy):
    pages = copy / "docs" / "clinical"
    (pages / "iih_signs.md").unlink()
    (pages / "README.md").write_text("edited by hand\n", encoding="utf-8")
    result = backtalk("review", "clinical", "--check", root=copy)
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines() == [
        f"docs/clinical/{name}: out of date. Run backtalk review clinical."
        for name in ("README.md", "iih_signs.md")
    ]
    assert not (pages / "iih_signs.md").exists()
    written = backtalk("review", "clinical", root=copy)
    assert (written.code, written.err) == (0, "")
    assert written.out == "61 pages in docs/clinical, 2 of them changed.\n"
    assert backtalk("review", "clinical", "--check", root=copy) == (0, "", "")


def test_a_broken_catalogue_is_one_line(backtalk, copy):
    file = copy / "data" / "triage" / "red_flags.yml"
    file.write_text("flags: [", encoding="utf-8")
    result = backtalk("review", "clinical", root=copy)
    assert (result.code, result.out) == (1, "")
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith(f"backtalk review: {file}: not readable YAML")


def test_review_without_a_part_says_which_there_are(backtalk, capsys):
    with pytest.raises(SystemExit):
        backtalk("review")
    assert "PART" in capsys.readouterr().err
