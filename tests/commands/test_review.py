"""`backtalk review`: the clinician's pages are written, and --check only looks."""

import shutil

import pytest
import yaml


@pytest.fixture
def copy(project, tmp_path):
    """What the pages are made from, with few examples so that it does not take long."""
    triage = shutil.copytree(project.root / "data" / "triage", tmp_path / "data" / "triage")
    shutil.copytree(project.data / "conversation", tmp_path / "data" / "conversation")
    for file in (triage / "phrases").glob("*.yml"):
        phrases = yaml.safe_load(file.read_text(encoding="utf-8"))
        file.write_text(yaml.safe_dump({"affirmed": (phrases.get("affirmed") or [])[:2]}), encoding="utf-8")
    shutil.copy(project.clinic_file, tmp_path)
    return tmp_path


def test_check_names_each_stale_page_and_writes_nothing_then_review_mends_them(backtalk, copy):
    pages = copy / "docs" / "clinical"
    assert backtalk("review", "clinical", root=copy).code == 0
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
    assert written.out == f"{len(list(pages.iterdir()))} pages in docs/clinical, 2 of them changed.\n"
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
