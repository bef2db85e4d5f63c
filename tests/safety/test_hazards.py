"""The hazard log is whole, and every proof that it names is a test that runs."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOG = (ROOT / "docs" / "hazards.md").read_text(encoding="utf-8")
FIELDS = [
    "Hazard",
    "Cause",
    "Severity",
    "Likelihood before",
    "Control",
    "Proof",
    "Likelihood after",
    "Status",
    "Residual risk",
]
STATUSES = {"controlled", "partly", "open"}
NO_PROOF = "none yet"
_ROW = re.compile(
    r"^\| \[(H-\d\d)\]\(#(h-\d\d)\) \| (.+) \| (\d) × (\d) = (\d+) \| (\d) × (\d) = (\d+) \| (\w+) \|$"
)
_PROOF = re.compile(r"`([^`]+)`")


def sections() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(id, title, fields) of each section."""
    found = []
    for text in LOG.split("\n### ")[1:]:
        body = text.split("\n## ")[0]
        title = re.search(r"^\*\*(.+)\*\*$", body, re.MULTILINE)
        fields = re.findall(r"^- \*\*(.+?):\*\* (.*)$", body, re.MULTILINE)
        found.append((body.splitlines()[0].strip(), title.group(1) if title else "", fields))
    return found


SECTIONS = sections()
IDS = [name for name, _, _ in SECTIONS]


@cache
def collected_from(file: str) -> frozenset[str]:
    """The names of the tests that pytest collects from `file`."""
    path = ROOT / file
    if not (path.is_file() and path.match("tests/**/test_*.py")):
        return frozenset()
    module = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(n.name for n in module.body if isinstance(n, kinds) and n.name.startswith("test_"))


def test_ids_are_unique_and_in_order():
    assert len(IDS) > 30
    assert [f"H-{number:02d}" for number in range(1, len(IDS) + 1)] == IDS


@pytest.mark.parametrize(("title", "fields"), [row[1:] for row in SECTIONS], ids=IDS)
def test_a_hazard_has_every_field(title, fields):
    assert title
    assert [name for name, _ in fields] == FIELDS
    assert all(value.strip() for _, value in fields)
    values = dict(fields)
    for name in ("Severity", "Likelihood before", "Likelihood after"):
        assert values[name] in set("12345"), name
    assert values["Likelihood after"] <= values["Likelihood before"]
    assert values["Status"] in STATUSES


@pytest.mark.parametrize(("title", "fields"), [row[1:] for row in SECTIONS], ids=IDS)
def test_every_proof_is_a_test_that_runs(title, fields):
    proof = dict(fields)["Proof"]
    if proof == NO_PROOF:
        return
    names = _PROOF.findall(proof)
    assert proof == ", ".join(f"`{name}`" for name in names)
    for name in names:
        file, _, test = name.partition("::")
        assert test in collected_from(file), name


@pytest.mark.parametrize(("title", "fields"), [row[1:] for row in SECTIONS], ids=IDS)
def test_nothing_is_controlled_without_a_proof(title, fields):
    values = dict(fields)
    assert values["Status"] != "controlled" or values["Proof"] != NO_PROOF


def test_the_table_says_what_the_sections_say():
    rows = [_ROW.match(line).groups() for line in LOG.splitlines() if line.startswith("| [H-")]
    expected = []
    for name, title, fields in SECTIONS:
        values = dict(fields)
        severity, before, after = (
            values[key] for key in ("Severity", "Likelihood before", "Likelihood after")
        )
        risks = (severity, before, str(int(severity) * int(before)))
        left = (severity, after, str(int(severity) * int(after)))
        expected.append((name, name.lower(), title, *risks, *left, values["Status"]))
    assert rows == expected
