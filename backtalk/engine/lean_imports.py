"""Importing what answers messages, without what Rasa imports beside it for training and for its tests.

scikit-learn, most of SciPy, and Matplotlib are a fifth of the memory and a second of the start.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from types import ModuleType
from typing import Any, Callable, Iterator

# Modules of which Rasa imports functions that are called in training, or in `rasa test`, only.
_LATER = ("sklearn.model_selection", "rasa.utils.plotting")


class _Later(ModuleType):
    """Stands in for a module: its functions import the real one when they are called."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        module = self.__name__

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(importlib.import_module(module), name)(*args, **kwargs)

        return call


def import_rasa_leanly() -> None:
    """Import Rasa's agent and policies; does nothing to what is imported already.

    Call it before anything else imports Rasa. Without the call all works as well, only fatter.
    """
    with _stood_in():
        importlib.import_module("rasa.core.agent")
        importlib.import_module("rasa.core.policies.rule_policy")


@contextlib.contextmanager
def _stood_in() -> Iterator[None]:
    added = {name: _Later(name) for name in _LATER if name not in sys.modules}
    sys.modules.update(added)
    try:
        yield
    finally:
        for name, module in added.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
