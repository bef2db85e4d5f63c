"""Encoding the training texts while content is checked and Rasa reads files: in a process of its own.

Imports nothing of Rasa, so that the process starts at once.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
from pathlib import Path
from typing import Iterator

from backtalk.engine.kept_memory import keep_memory
from backtalk.engine.quick_yaml import read_quickly
from backtalk.triage.backstop import phrase_texts
from backtalk.triage.message import data_folder
from backtalk.understanding.classifier import as_read
from backtalk.understanding.embeddings import embeddings_of
from backtalk.understanding.encoder import built_encoder
from backtalk.understanding.spelling import Spelling
from backtalk.understanding.text import normalise


@contextlib.contextmanager
def encoding_beside(data: Path) -> Iterator[None]:
    """Encode what stands below `data` while the block runs; if that fails, stop."""
    process = multiprocessing.get_context("spawn").Process(target=encode_early, args=(data,), daemon=True)
    process.start()
    try:
        yield
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()


def encode_early(data: Path) -> None:
    """Build the encoder and encode what the classifiers will ask for, as far as the files below `data` tell.

    What this misses is encoded later; what it encodes in vain costs time only.
    """
    logging.disable(logging.WARNING)  # onnxruntime's advice, given whatever one does
    keep_memory()
    model = built_encoder()
    examples = [text for file in sorted(data.rglob("*.yml")) for text in _examples(file)]
    spelling = Spelling.learn(normalise(text) for text in examples)
    texts = [*examples, *phrase_texts(data_folder())]
    embeddings_of([as_read(text, spelling) for text in texts], model)


def _examples(file: Path) -> Iterator[str]:
    document = read_quickly(file)
    for entry in (document.get("nlu") or ()) if isinstance(document, dict) else ():
        yield from (line[2:].strip() for line in entry["examples"].splitlines() if line.startswith("- "))
