"""`backtalk train` and `check` on a copy of the project, whole and broken; and `make help`."""

import re
import shutil
import subprocess

import pytest

SCIATICA = "data/topics/condition/sciatica.yml"


@pytest.fixture
def copy(project, tmp_path):
    """The project's content and settings, without a model."""
    for name in ("data", "backtalk"):
        shutil.copytree(project.root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("clinic.yml", "config.yml", "domain.yml"):
        shutil.copy(project.root / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def trained(project, copy, assistant):
    """The copy with the model that fits it."""
    shutil.copytree(project.models, copy / "models", ignore=shutil.ignore_patterns("tmp*"))
    return copy


def test_unchanged_content_is_not_trained_again(backtalk, trained):
    model = trained / "models" / "backtalk.tar.gz"
    before = model.stat()
    result = backtalk("train", root=trained)
    assert (result.code, result.out) == (0, "")
    assert result.err == "The model fits the content: nothing to train.\n"
    assert (model.stat().st_mtime_ns, model.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("name", [SCIATICA, "data/conversation/rules.yml", "config.yml", "domain.yml"])
def test_a_change_of_the_content_or_the_settings_is_noticed(trained, name):
    from backtalk.engine.fingerprint import needs_training
    from backtalk.project import Project

    assert not needs_training(Project(trained))
    with (trained / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert needs_training(Project(trained))


def test_the_clinics_own_facts_need_no_training(trained):
    from backtalk.engine.fingerprint import needs_training
    from backtalk.project import Project

    with (trained / "clinic.yml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert not needs_training(Project(trained))


def bad_yaml(lines: list[str]) -> int:
    at = lines.index("rules:")
    lines.insert(at, "colour red")
    return at + 1


def unknown_key(lines: list[str]) -> int:
    at = lines.index("rules:")
    lines.insert(at, "colour: red")
    return at + 1


def no_sms(lines: list[str]) -> int:
    start, end = lines.index("  - channel: sms"), lines.index("  - channel: simple")
    del lines[start:end]
    return next(n for n, line in enumerate(lines, start=1) if "metadata: &meta" in line)


def test_broken_topic_files_stop_train_and_check_with_file_and_line_of_each(backtalk, copy, monkeypatch):
    monkeypatch.chdir(copy)
    faults = {}
    spoils = {
        "sciatica": (bad_yaml, "yaml"),
        "migraine": (unknown_key, "unknown-key"),
        "tmj": (no_sms, "variant"),
    }
    for slug, (spoil, rule) in spoils.items():
        file = f"data/topics/condition/{slug}.yml"
        lines = (copy / file).read_text(encoding="utf-8").splitlines()
        faults[file] = (spoil(lines), rule)
        (copy / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for command in ("train", "check"):
        result = backtalk(command, root=copy)
        assert result.code == 1
        for file, (line, rule) in faults.items():
            named = re.search(rf"^{re.escape(file)}:(\d+): {rule}: ", result.out + result.err, re.MULTILINE)
            assert named, (file, result)
            assert abs(int(named.group(1)) - line) <= (1 if rule == "yaml" else 0), (file, result)
        assert result.err.splitlines()[-1].startswith(f"backtalk {command}: ")
        assert "Traceback" not in result.err
    assert not (copy / "models").exists()


def test_the_same_intent_in_two_files_stops_train_and_check_and_names_both(backtalk, copy, monkeypatch):
    monkeypatch.chdir(copy)
    twin = SCIATICA.replace("sciatica", "sciatica-too")
    shutil.copy(copy / SCIATICA, copy / twin)
    for command in ("train", "check"):
        result = backtalk(command, root=copy)
        found = [line for line in (result.out + result.err).splitlines() if ": duplicate-intent: " in line]
        assert result.code == 1
        assert len(found) == 1, result
        assert found[0].startswith((f"{SCIATICA}:2: ", f"{twin}:2: "))
        assert "condition/sciatica.yml" in found[0]
        assert "condition/sciatica-too.yml" in found[0]


CLINIC_FAULTS = [
    (r"^phone:.*$", "phone: call us", "phone"),
    (r"^phone:.*$", "", "phone"),
    (r"^name:.*$", 'name: " "', "name"),
    (r"^country:.*$", "country: FR", "country"),
    (r"^timezone:.*$", "timezone: New York", "timezone"),
    (r"^website:.*$", "website: http://clinic.example.org", "website"),
    (r"^retention_days:.*$", "retention_days: soon", "retention_days"),
    (r"^  mon:.*$", "  mon: 9-5", "opening_hours"),
    (r"^website:.*$", "websit: https://clinic.example.org", "websit"),
]


@pytest.mark.parametrize(("pattern", "line", "key"), CLINIC_FAULTS)
def test_a_fault_in_the_clinic_file_stops_every_command_with_one_line_for_it(
    backtalk, copy, pattern, line, key
):
    file = copy / "clinic.yml"
    text, count = re.subn(pattern, line, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count == 1
    file.write_text(text, encoding="utf-8")
    for command in (["check"], ["train"], ["ask", "hello"]):
        result = backtalk(*command, root=copy)
        assert (result.code, result.out) == (1, "")
        assert "Traceback" not in result.err
        first, *more = result.err.splitlines()
        assert f"{file}: {key}: " in first
        assert more == (
            ["backtalk check: the clinic file has the faults above. Mend them first."]
            if command == ["check"]
            else []
        )


def test_a_missing_clinic_file_is_one_line(backtalk, copy):
    (copy / "clinic.yml").unlink()
    result = backtalk("ask", "hello", root=copy)
    assert result.code == 1
    assert result.err.splitlines() == [
        f"backtalk ask: {copy / 'clinic.yml'}: not found. Copy clinic.yml from the project."
    ]


def test_check_of_a_file_that_does_not_exist_names_it(backtalk):
    result = backtalk("check", "data/topics/nothing.yml")
    assert result.code == 1
    assert "data/topics/nothing.yml does not exist" in result.err


def test_make_help_lists_every_target_that_has_a_comment(project):
    makefile = (project.root / "Makefile").read_text(encoding="utf-8")
    described = re.findall(r"^([\w./-]+)\s*:[^=\n]*?##\s*(.+)$", makefile, re.MULTILINE)
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=project.root, capture_output=True, text=True
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    listed = dict(re.findall(r"^\s*make (\S+)\s+(.+)$", shown.stdout, re.MULTILINE))
    assert described
    assert listed == dict(described)


def test_every_target_one_can_call_has_a_comment(project):
    makefile = (project.root / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE):
        assert re.search(rf"^{target}:.*## \S", makefile, re.MULTILINE), target
