"""Loading of a trained model only the graph that answers messages, not the one that trained it."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator

from rasa.engine.storage.storage import ModelMetadata


@contextlib.contextmanager
def training_graph_left_out() -> Iterator[None]:
    """While a model is loaded, take its training graph for empty.

    To read it, Rasa imports every component that its recipe knows. Nothing that answers looks at it.
    """
    whole = ModelMetadata.from_dict

    def without(serialized: Dict[str, Any]) -> ModelMetadata:
        return whole({**serialized, "train_schema": {"nodes": {}}})

    ModelMetadata.from_dict = without
    try:
        yield
    finally:
        ModelMetadata.from_dict = whole
