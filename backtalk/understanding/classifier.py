"""From a message to a probability for every intent: sentence embedding and word pieces, one product.

Logistic regression on the unit-length embedding beside TF-IDF of words (1-2) and of letters within
words (2-4). scikit-learn weighs the terms; at run time a dictionary and one matrix product do
the same sums without its checks.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence

import numpy as np

from backtalk.understanding.encoder import DIMENSIONS, REMEMBERED, SentenceEncoder
from backtalk.understanding.regression import MAX_ITERATIONS, fit_logistic_regression
from backtalk.understanding.spelling import Spelling, english_words
from backtalk.understanding.terms import CUTS, LETTERS, WORD, WORDS
from backtalk.understanding.text import normalise

SPARSE_WEIGHT = 1.1
INVERSE_REGULARISATION = 20.0


@dataclass(frozen=True)
class _Terms:
    """One TF-IDF space: how to cut a text, each term's column, and the columns' weights."""

    cut: Callable[[str], Iterable[str]]
    column: Mapping[str, int]
    idf: Any

    def weigh(self, text: str) -> tuple[Any, Any]:
        """Columns and unit-length TF-IDF weights of the terms of `text`."""
        found = map(self.column.get, self.cut(text))
        counts = Counter([index for index in found if index is not None])
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = self.idf[columns]
        if len(counts) < sum(counts.values()):
            weights *= 1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        norm = math.sqrt(float(weights @ weights))
        return columns, (weights / norm if norm else weights)


def _analysers() -> list[Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    common = {"sublinear_tf": True, "dtype": np.float32, "lowercase": False}
    return [
        TfidfVectorizer(ngram_range=WORDS, token_pattern=WORD, min_df=2, **common),
        TfidfVectorizer(analyzer="char_wb", ngram_range=LETTERS, min_df=4, **common),
    ]


class IntentClassifier:
    """Probabilities over `labels` for a message."""

    def __init__(
        self,
        encoder: SentenceEncoder,
        spelling: Spelling,
        labels: Sequence[str],
        terms: Sequence[_Terms],
        weights: Any,
        bias: Any,
    ) -> None:
        self.labels = list(labels)
        self._spelling = spelling
        self._encoder = encoder
        self._terms = terms
        self._dense = np.ascontiguousarray(weights[:, :DIMENSIONS], dtype=np.float32)
        # One row for each term: the few rows of a message lie together in memory.
        self._sparse = np.ascontiguousarray(weights[:, DIMENSIONS:].T, dtype=np.float32)
        self._bias = bias
        self._of_terms = lru_cache(maxsize=REMEMBERED)(self._sum_of_terms)

    def start_thread(self) -> None:
        """See `SentenceEncoder.start_thread`."""
        self._encoder.start_thread()

    def begin(self, text: str) -> Future[Any]:
        """Have `text` encoded meanwhile; `probabilities` of the same text then finds it done."""
        return self._encoder.begin(as_read(text, self._spelling))

    def weigh_terms(self, text: str) -> None:
        """Sum up now what the terms of `text` say; `probabilities` of the same text then finds it done."""
        self._of_terms(as_read(text, self._spelling))

    def probabilities(self, text: str) -> Any:
        """float64, shape (labels,), sums to 1."""
        plain = as_read(text, self._spelling)
        logits = self._dense @ self._encoder.encode(plain) + self._of_terms(plain)
        shifted = np.exp(np.asarray(logits, dtype=np.float64) - np.max(logits))
        return shifted / shifted.sum()

    def _sum_of_terms(self, plain: str) -> Any:
        """The part of the logits that needs no embedding: float32, shape (labels,)."""
        offset, columns, weighed = 0, [], []
        for terms in self._terms:
            found, weights = terms.weigh(plain)
            columns.append(found + offset)
            weighed.append(weights)
            offset += len(terms.idf)
        rows = self._sparse.take(np.concatenate(columns), axis=0)
        return self._bias + (SPARSE_WEIGHT * np.concatenate(weighed)) @ rows

    @classmethod
    def load(
        cls, folder: Path, name: str = "classifier", beside: IntentClassifier | None = None
    ) -> IntentClassifier:
        """Load what `fit_classifier` saved under `name`, with encoder and spelling of `beside` if given."""
        described = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        arrays = np.load(folder / f"{name}.npz")
        terms = [
            _Terms(
                cut=cut,
                column={term: i for i, term in enumerate(vocabulary)},
                idf=arrays[f"idf_{number}"],
            )
            for number, (cut, vocabulary) in enumerate(zip(CUTS, described["vocabularies"], strict=True))
        ]
        return cls(
            beside._encoder if beside else SentenceEncoder(folder / "encoder.onnx"),
            beside._spelling if beside else Spelling(english_words(), described["spelling"]),
            described["labels"],
            terms,
            arrays["weights"],
            arrays["bias"],
        )


def as_read(text: str, spelling: Spelling) -> str:
    """`text` as the classifier sees it."""
    return spelling.correct(normalise(text))


def fit_classifier(
    examples: Sequence[tuple[str, str]],
    folder: Path,
    embeddings: Mapping[str, Any],
    spelling: Spelling,
    name: str = "classifier",
    iterations: int = MAX_ITERATIONS,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Fit on (text, label) pairs and save as `name` into `folder`, with the `spelling` it is to read with.

    Each text is what `as_read` made of it, and `embeddings` holds that of every one.
    `progress(iterations_done)` is called as the work goes on. Deterministic for the same examples.
    """
    from scipy.sparse import hstack

    texts = [text for text, _ in examples]
    labels = sorted({label for _, label in examples})
    target = np.array([labels.index(label) for _, label in examples])
    analysers = _analysers()
    blocks = [SPARSE_WEIGHT * analyser.fit_transform(texts) for analyser in analysers]
    weights, bias = fit_logistic_regression(
        np.array([embeddings[text] for text in texts]),
        hstack(blocks, format="csr"),
        target,
        len(labels),
        INVERSE_REGULARISATION,
        progress,
        iterations,
    )
    np.savez(
        folder / f"{name}.npz",
        weights=weights.astype(np.float16),
        bias=bias,
        **{f"idf_{n}": a.idf_.astype(np.float32) for n, a in enumerate(analysers)},
    )
    vocabularies = [a.get_feature_names_out().tolist() for a in analysers]
    (folder / f"{name}.json").write_text(
        json.dumps({"labels": labels, "vocabularies": vocabularies, "spelling": spelling.vocabulary}),
        encoding="utf-8",
    )
