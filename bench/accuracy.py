"""How often the topic ranked first is the right one, for examples that nobody learnt."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.assistants import CACHE, QUIET, ROOT, STOCK_PYTHON
from bench.environment import NODE_MODULES
from bench.examples import Split

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Accuracy:
    """A share of the held-out examples, and the median milliseconds to understand one."""

    accuracy: float
    message_ms: float


def of_backtalk(model: Path, split: Split) -> Accuracy:
    """Of the classifier in a trained model. It also knows the out-of-scope intents, which others need not."""
    from backtalk.understanding.classifier import IntentClassifier

    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(model) as archive:
            archive.extractall(folder)
        encoder = next(Path(folder).rglob("encoder.onnx"))
        return _asked(IntentClassifier.load(encoder.parent), split)


def of_backtalk_with(split: Split, anew: bool) -> Accuracy:
    """Of our classifier after learning nothing but the topic examples of `split`."""
    learner = hashlib.sha256(json.dumps([split.learnt, split.held_out]).encode())
    for file in sorted((ROOT / "backtalk" / "understanding").iterdir()):
        if file.is_file():
            learner.update(file.read_bytes())
    return _kept(
        CACHE / "accuracy-backtalk.json", learner.hexdigest(), lambda: _of_backtalk_with(split), anew
    )


def _of_backtalk_with(split: Split) -> Accuracy:
    from backtalk.understanding.classifier import IntentClassifier, as_read, fit_classifier
    from backtalk.understanding.embeddings import embeddings_of
    from backtalk.understanding.encoder import built_encoder
    from backtalk.understanding.spelling import Spelling
    from backtalk.understanding.text import normalise

    cache = CACHE / "encoder"
    encoder = built_encoder(cache)
    spelling = Spelling.learn(normalise(text) for text, _ in split.learnt)
    learnt = [(as_read(text, spelling), topic) for text, topic in split.learnt]
    embeddings = embeddings_of([text for text, _ in learnt], encoder, cache=cache)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "encoder.onnx").symlink_to(encoder.resolve())
        fit_classifier(learnt, Path(folder), embeddings, spelling)
        return _asked(IntentClassifier.load(Path(folder)), split)


def of_stock_rasa(project: Path, split: Split, anew: bool) -> Accuracy:
    model = project / "models" / "model.tar.gz"
    script = _HERE / "stock" / "accuracy.py"
    key = hashlib.sha256(model.read_bytes()).hexdigest()
    command = [str(STOCK_PYTHON), str(script), str(model)]
    return _of_others("stock-rasa", command, [], split, key, anew)


def of_nlpjs(split: Split, anew: bool) -> Accuracy:
    command = ["node", str(_HERE / "nlpjs" / "accuracy.js")]
    return _of_others(f"nlpjs-{len(split.learnt)}", command, [str(NODE_MODULES)], split, "", anew)


def _asked(classifier: Any, split: Split) -> Accuracy:
    right, times = 0, []
    for text, intent in split.held_out:
        started = time.perf_counter()
        probabilities = classifier.probabilities(text)
        times.append(1000 * (time.perf_counter() - started))
        right += classifier.labels[int(probabilities.argmax())] == intent
    return Accuracy(right / len(split.held_out), statistics.median(times))


def _of_others(
    name: str, command: list[str], options: list[str], split: Split, key: str, anew: bool
) -> Accuracy:
    content = json.dumps({"learnt": split.learnt, "held_out": split.held_out})
    key = hashlib.sha256((key + content).encode()).hexdigest()

    def measure() -> Accuracy:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(content)
            file.flush()
            done = subprocess.run(
                [*command, file.name, *options], env={**os.environ, **QUIET}, capture_output=True, text=True
            )
        if done.returncode:
            raise RuntimeError(f"{name} could not be asked: {done.stderr[-500:]}")
        found = json.loads(done.stdout.strip().splitlines()[-1])
        return Accuracy(found["accuracy"], found["message_ms"])

    return _kept(CACHE / f"accuracy-{name}.json", key, measure, anew)


def _kept(file: Path, key: str, measure: Callable[[], Accuracy], anew: bool) -> Accuracy:
    """What was measured before for the same `key`, or `measure()`."""
    if file.exists() and not anew:
        known = json.loads(file.read_text(encoding="utf-8"))
        if known.pop("key") == key:
            return Accuracy(**known)
    found = measure()
    file.write_text(json.dumps({"key": key, **asdict(found)}), encoding="utf-8")
    return found
