"""The phrases that the catalogue's authors wrote: nearly all must be noticed, few near misses raised.

Every tenth of them, since all of them take four minutes; `BACKTALK_EVERY=1` in the environment takes all.
"""

import os

import yaml

from backtalk.triage.assess import shipped_triage
from backtalk.triage.catalogue import ROUTED
from backtalk.triage.message import data_folder

EVERY = int(os.environ.get("BACKTALK_EVERY", "10"))
FLAGS = shipped_triage().catalogue.flags


def phrases(kind):
    """(flag, message), every `EVERY`th of each routed flag."""
    files = sorted((data_folder() / "phrases").glob("*.yml"))
    for content in (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files):
        flag = content.get("flag")
        if flag and FLAGS[flag].tier in ROUTED:
            yield from ((flag, text) for text in content[kind][::EVERY])


def test_nearly_every_phrase_that_affirms_a_flag_is_routed_or_asked(talk):
    rows = list(phrases("affirmed"))
    turns = [(flag, text, talk(text)[0]) for flag, text in rows]
    missed = [
        f"  {flag}: {text}" for flag, text, turn in turns if turn.outcome != "urgent" and not turn.asked
    ]
    assert len(missed) <= 0.04 * len(rows), "\n".join(missed)


def test_few_near_misses_raise_the_flag_that_they_miss(talk):
    rows = list(phrases("near_miss"))
    raised = [f"  {flag}: {text}" for flag, text in rows if flag in talk(text)[0].red_flags]
    assert len(raised) <= 0.13 * len(rows), "\n".join(raised)
