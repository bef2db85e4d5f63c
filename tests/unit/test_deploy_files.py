"""The files of deploy/ can be read, name settings and paths that exist, and leave time to stop."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from backtalk.server.stopping import STOP_SECONDS
from backtalk.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Closing connections (1 s), leaving Redis (2 s), and some to spare.
STOPS_IN = STOP_SECONDS + 5


def manifest() -> list[dict]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yml").read_text(encoding="utf-8")))


def pods() -> dict:
    return manifest()[0]["spec"]["template"]["spec"]


def test_every_setting_that_they_name_is_one():
    named = set()
    for file in [*DEPLOY.iterdir(), ROOT / "docs" / "deploy.md"]:
        named |= set(re.findall(r"\bBACKTALK_[A-Z_]+", file.read_text(encoding="utf-8")))
    assert named
    assert named <= set(VARIABLES)


def test_the_kubernetes_manifest_is_whole_and_its_probes_are_paths_of_the_server():
    kinds = [
        one["kind"] for one in yaml.safe_load_all((DEPLOY / "kubernetes.yml").read_text(encoding="utf-8"))
    ]
    assert kinds == ["Deployment", "Service", "PodDisruptionBudget"]
    (container,) = pods()["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert container["startupProbe"]["httpGet"]["path"] == "/health/live"


def test_a_pod_has_time_to_finish_its_turns():
    (container,) = pods()["containers"]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pods()["terminationGracePeriodSeconds"] >= waits + STOPS_IN
    # Not ready is seen before traffic has to be gone.
    assert waits >= container["readinessProbe"]["periodSeconds"]


def test_the_compose_file_is_whole_and_gives_time_to_stop():
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    assert set(compose["services"]) == {"backtalk", "postgres", "redis", "caddy"}
    assert int(compose["services"]["backtalk"]["stop_grace_period"].rstrip("s")) >= STOPS_IN
    needed = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yml").read_text(encoding="utf-8")))
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    assert needed == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_the_unit_gives_time_to_stop():
    unit = (DEPLOY / "backtalk.service").read_text(encoding="utf-8")
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[1]) >= STOPS_IN


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_finds_no_fault_with_the_unit():
    done = subprocess.run(
        ["systemd-analyze", "verify", DEPLOY / "backtalk.service"], capture_output=True, text=True, timeout=60
    )
    faults = [
        line
        for line in done.stderr.splitlines()
        if "/opt/backtalk/.venv/bin/backtalk is not executable" not in line
    ]
    assert not faults


def test_the_image_holds_no_secrets_of_whoever_builds_it():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"var", "deploy/.env", ".git"} <= set(ignored)
