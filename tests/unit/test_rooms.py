"""Who may know whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = [
    *sorted((ROOT / "backtalk" / "content").glob("*.py")),
    *sorted((ROOT / "backtalk" / "understanding").glob("*.py")),
    *sorted((ROOT / "backtalk" / "triage").rglob("*.py")),
    *sorted((ROOT / "backtalk" / "booking").rglob("*.py")),
    ROOT / "backtalk" / "clinic.py",
    ROOT / "backtalk" / "handoff.py",
    ROOT / "backtalk" / "country.py",
]


def imported_modules(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("file", PURE, ids=lambda file: file.stem)
def test_a_pure_room_knows_nothing_of_rasa_or_the_shell_around_it(file):
    forbidden = (
        "rasa", "rasa_sdk", "backtalk.engine", "backtalk.channels", "backtalk.commands", "backtalk.server",
        "actions",
    )  # fmt: skip
    wrong = [m for m in imported_modules(file) if m.split(".")[0] in forbidden or m.startswith(forbidden)]
    assert not wrong


def test_the_staff_page_knows_nothing_of_rasa():
    found = {}
    for file in (ROOT / "backtalk" / "desk").glob("*.py"):
        found |= dict.fromkeys(imported_modules(file), file)
    forbidden = ("rasa", "backtalk.engine", "backtalk.server", "backtalk.commands", "actions")
    assert not [module for module in found if module.split(".")[0] == "rasa" or module.startswith(forbidden)]


def test_nothing_imports_the_command_line():
    files = [*(ROOT / "backtalk").rglob("*.py"), *(ROOT / "actions").rglob("*.py")]
    assert not [str(f) for f in files if "backtalk.cli" in imported_modules(f)]
