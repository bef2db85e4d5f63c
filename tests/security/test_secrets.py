"""Secrets come from the environment: the tree holds none, and no setting of a clinic can."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from backtalk.clinic import ClinicFileError, load_clinic
from backtalk.project import Project

ROOT = Path(__file__).resolve().parents[2]
KEYS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "Twilio": r"\b(?:AC|SK)(?!0{32})[0-9a-f]{32}\b",
    "AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "GitHub": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "Slack": r"\bxox[baprs]-[A-Za-z0-9-]{10,}",
    "Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "webhook secret": r"\bwhsec_[A-Za-z0-9+/=]{24,}",
    # But for the words that documents and tests put there.
    "password in a URL": r"\b(?:postgresql|rediss?|amqps?|smtps?)://[^\s:/@\"'`{}]*:"
    r"(?!password|hidden-word|PASSWORD|verysecret|secret@|p%)[^\s@\"'`{}$]+@",
    "long key": r"(?i)(?:secret|token|password|api_?key)[\"']?\s*[:=]\s*"
    r"[\"'](?=[^\"']*\d)[A-Za-z0-9+/_-]{32,}[\"']",
}
NO_TEXT = {".png", ".svg", ".lock", ".jpg"}
SECRET_WORDS = re.compile(r"secret|token|password|passwd|api_?key|private", re.IGNORECASE)


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    files = [ROOT / name for name in listed.stdout.splitlines()]
    return [file for file in files if file.is_file() and file.suffix not in NO_TEXT]


@pytest.mark.parametrize("kind", KEYS)
def test_the_tree_holds_no_secret(kind):
    pattern = re.compile(KEYS[kind])
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked_files()
        if file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


def test_a_clinic_file_has_no_field_for_a_secret():
    words = set(re.findall(r"^ *([a-z_]+):", (ROOT / "clinic.yml").read_text(encoding="utf-8"), re.MULTILINE))
    assert not [word for word in words if SECRET_WORDS.search(word)]


@pytest.mark.parametrize("line", ["secret_key: abc", "twilio_auth_token: abc", "database_password: abc"])
def test_a_secret_in_a_clinic_file_is_refused(tmp_path, line):
    file = tmp_path / "clinic.yml"
    file.write_text((ROOT / "clinic.yml").read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    with pytest.raises(ClinicFileError):
        load_clinic(file)


def test_what_holds_secrets_or_patients_is_kept_out_of_git():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"var/", ".env"} <= set(ignored)
    assert not [file for file in tracked_files() if file.suffix in (".db", ".key", ".pem", ".env")]


def test_a_project_as_shipped_reads_its_clinic_file():
    assert Project(ROOT).clinic().name
