"""Modules and classes that can be imported and subclassed, but not used."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any, Sequence


class TensorFlowAbsentError(RuntimeError):
    """Something asked TensorFlow to do real work in an installation that has none."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was called, but this project runs without TensorFlow: DIETClassifier, "
            "TEDPolicy, ResponseSelector, UnexpecTEDIntentPolicy and the ConveRT and transformer "
            "featurizers are not available. Remove them from config.yml, or install the real "
            "TensorFlow (see standins/tensorflow/README.md)."
        )


class _AbsentClass(type):
    """A class whose every attribute is absent too; calling it decorates a function or raises."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _absent(f"{cls.__module__}.{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]  # used as a decorator: @tf.function
        raise TensorFlowAbsentError(f"{cls.__module__}.{cls.__qualname__}")

    def __getitem__(cls, _: Any) -> Any:
        return cls


def _absent(dotted_name: str) -> type:
    module, _, name = dotted_name.rpartition(".")
    return _AbsentClass(name, (), {"__module__": module})


class _AbsentModule(types.ModuleType):
    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _absent(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class _AbsentFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.startswith(("tensorflow.", "keras.")):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _AbsentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: an absent module has no code."""


def answer_for(name: str) -> None:
    """Make the imported module `name` and all below it absent."""
    if not any(isinstance(finder, _AbsentFinder) for finder in sys.meta_path):
        sys.meta_path.append(_AbsentFinder())
    sys.modules[name].__class__ = _AbsentModule
