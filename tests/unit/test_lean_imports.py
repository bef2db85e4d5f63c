"""A server imports what answers messages; what was left out is there when it is asked for."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_an_assistant_answers_without_what_only_training_needs(trained):
    code = """
import asyncio, sys
from pathlib import Path
from backtalk.commands.loading import ready_assistant
from backtalk.project import Project
assistant = ready_assistant(Project(Path.cwd()))
from backtalk.conversation import Conversation
conversation = Conversation(assistant, "web")
turn = asyncio.run(conversation.say("what is sciatica"))
heavy = ("sklearn", "matplotlib", "scipy.stats", "scipy.optimize", "tensorflow.keras.models", "dask", "boto3")
heavy += ("aiogram", "slack_sdk", "socketio", "webexteamssdk", "pymongo", "apscheduler", "setuptools")
heavy += ("spacy.cli",)
print([name for name in heavy if name in sys.modules], bool(turn))
"""
    assert run(code) == "[] True"


def test_what_was_left_out_is_imported_when_it_is_called():
    code = """
from backtalk.engine.lean_imports import import_rasa_leanly
import_rasa_leanly()
from rasa.utils.tensorflow import model_data
print(model_data.train_test_split([1, 2, 3, 4], test_size=0.5, random_state=1))
import sklearn.model_selection
print(type(sklearn.model_selection).__name__)
import rasa.nlu.test, rasa.utils.plotting
print(callable(rasa.nlu.test.plot_utils.plot_paired_histogram), type(rasa.utils.plotting).__name__)
"""
    assert run(code).splitlines()[1:] == ["module", "True module"]


def test_rasas_own_channels_are_there_when_they_are_asked_for():
    code = """
from backtalk.engine.lean_imports import import_rasa_leanly
import_rasa_leanly()
from rasa.core.channels import BUILTIN_CHANNELS, InputChannel
print(sorted(BUILTIN_CHANNELS))
print(type(BUILTIN_CHANNELS["socketio"].from_credentials({})).__module__)
from rasa.core.channels.telegram import TelegramInput
print(issubclass(TelegramInput, InputChannel), TelegramInput.name())
"""
    names, made, telegram = run(code).splitlines()
    real = run("from rasa.core.channels import BUILTIN_CHANNELS; print(sorted(BUILTIN_CHANNELS))")
    assert names == real
    assert made == "rasa.core.channels.socketio"
    assert telegram == "True telegram"


def test_reminders_languages_and_other_graph_runners_still_work():
    code = """
import asyncio
from backtalk.engine.lean_imports import import_rasa_leanly
import_rasa_leanly()
import rasa.core.jobs, spacy, rasa.engine.runner.dask
print(type(asyncio.run(rasa.core.jobs.scheduler())).__name__)
print(spacy.blank("en").lang, spacy.util.find_matching_language("eng"))
print(rasa.engine.runner.dask.dask.get({"one": 1}, "one"))
"""
    assert run(code).splitlines() == ["AsyncIOScheduler", "en en", "1"]
