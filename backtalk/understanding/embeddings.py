"""Embeddings of the training texts, kept on disk: a text is encoded once, whoever asks for it.

Two processes may ask at the same time. The first one encodes, the other waits and finds them there.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from backtalk.understanding.encoder import CACHE, SentenceEncoder


def embeddings_of(
    texts: Sequence[str],
    model: Path,
    progress: Callable[[int, int], None] = lambda *_: None,
    cache: Path = CACHE,
) -> Mapping[str, Any]:
    """The embedding of each of `texts` by the encoder file `model`: float32, shape (DIMENSIONS,).

    `progress(done, total)` is called while texts are encoded. What is kept in the folder `cache` is
    replaced by exactly these texts if any was missing.
    """
    wanted = list(dict.fromkeys(texts))
    cache.mkdir(parents=True, exist_ok=True)
    store = cache / f"{model.stem}.embeddings.npz"
    with (cache / "embeddings.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _read(store)
        missing = [text for text in wanted if text not in known]
        if missing:
            encoder = SentenceEncoder(model)
            with ThreadPoolExecutor(os.cpu_count()) as pool:  # onnxruntime works outside Python's lock
                batches, done = encoder.batches(missing), 0
                for batch, vectors in zip(batches, pool.map(encoder.encode_batch, batches), strict=True):
                    known.update(zip(batch, vectors, strict=True))
                    done += len(batch)
                    progress(done, len(missing))
            _write(store, {text: known[text] for text in wanted})
    return known


def _read(store: Path) -> dict[str, Any]:
    try:
        with np.load(store) as arrays:
            texts = json.loads(arrays["texts"].tobytes())
            return dict(zip(texts, arrays["vectors"], strict=True))
    except (OSError, ValueError, KeyError):  # none yet, or cut short: encode again
        return {}


def _write(store: Path, known: Mapping[str, Any]) -> None:
    whole = store.with_suffix(".new.npz")
    texts = np.frombuffer(json.dumps(list(known)).encode(), dtype=np.uint8)
    np.savez(whole, texts=texts, vectors=np.array(list(known.values()), dtype=np.float32))
    whole.replace(store)
