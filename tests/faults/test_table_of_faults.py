"""The tables of faults and threats name tests that exist, and every fault test is in the first."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_A_FAULT = {
    # The same faults, looked at from another side.
    "test_a_broken_action_of_one_patient_slows_no_other",
    "test_a_broken_action_silences_no_red_flag",
    "test_a_component_that_raises_silences_no_red_flag_and_logs_no_words",
    "test_every_fault_of_the_table_has_a_test_and_every_fault_test_is_in_the_table",
    "test_every_test_that_the_threat_model_names_exists",
}


def names_in(folder: Path) -> set[str]:
    files = folder.rglob("test_*.py")
    return {
        name
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }


def test_every_fault_of_the_table_has_a_test_and_every_fault_test_is_in_the_table():
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "`test_" in line]
    named = {name for row in rows for name in re.findall(r"`(test_\w+)`", row)}
    assert all(len(re.findall(r"`test_\w+`", row)) == 1 for row in rows)
    assert named <= names_in(ROOT / "tests")
    assert names_in(ROOT / "tests" / "faults") - NOT_A_FAULT <= named


def test_every_test_that_the_threat_model_names_exists():
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named
    assert named <= names_in(ROOT / "tests")
