"""Importing what answers messages, without what Rasa and spaCy import beside it for other uses.

scikit-learn, most of SciPy, Matplotlib, dask, and the clients of twelve chat services and two databases are a
quarter of the memory and half of the start.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from types import ModuleType
from typing import Any, Iterator

# Modules of which Rasa and spaCy use functions that a server never calls, or annotations.
_LATER = (
    "apscheduler.schedulers.asyncio",  # reminders
    "boto3.dynamodb.conditions",
    "dask",  # another runner of graphs than ours
    "langcodes",  # loading one of spaCy's languages
    "pymongo.collection",
    "rasa.utils.plotting",
    "sklearn.model_selection",
    "spacy.cli",
    "spacy.cli.info",
)
# Rasa's own channels, by the name that each has. Backtalk serves its own.
_CHANNELS = {
    "botframework": "botframework",
    "console": "cmdline",
    "facebook": "facebook",
    "hangouts": "hangouts",
    "mattermost": "mattermost",
    "rocketchat": "rocketchat",
    "slack": "slack",
    "socketio": "socketio",
    "telegram": "telegram",
    "twilio": "twilio",
    "twilio_voice": "twilio_voice",
    "webexteams": "webexteams",
}


class _Later(ModuleType):
    """Stands in for a module while others are imported; what is taken from it then imports the real one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        module = self.__name__
        if sys.modules.get(module) is not self:
            return getattr(importlib.import_module(module), name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(importlib.import_module(module), name)(*args, **kwargs)

        return call


class _LaterChannel(_Later):
    """The same for a module with a channel in it: what is taken is a class that knows its name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        channel, module = _CHANNELS[self.__name__.rpartition(".")[2]], self.__name__

        def from_credentials(credentials: Any) -> Any:
            return getattr(importlib.import_module(module), name).from_credentials(credentials)

        def channel_name() -> str:
            return channel

        known: dict[str, Any] = {"name": channel_name, "from_credentials": from_credentials}
        return type(name, (), {key: staticmethod(function) for key, function in known.items()})


def import_rasa_leanly() -> None:
    """Import Rasa's agent and policies, and spaCy; does nothing to what is imported already.

    Call it before anything else imports them. Without the call all works as well, only fatter.
    """
    _leave_distutils_to_python()
    with _stood_in():
        importlib.import_module("rasa.core.agent")
        importlib.import_module("rasa.core.policies.rule_policy")
        importlib.import_module("spacy")


@contextlib.contextmanager
def _stood_in() -> Iterator[None]:
    stand_ins: dict[str, ModuleType] = {name: _Later(name) for name in _LATER}
    for channel in _CHANNELS:
        name = f"rasa.core.channels.{channel}"
        stand_ins[name] = _LaterChannel(name)
    added = {name: module for name, module in stand_ins.items() if name not in sys.modules}
    sys.modules.update(added)
    try:
        yield
    finally:
        for name, module in added.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _leave_distutils_to_python() -> None:
    """Sanic imports `distutils`, in place of which setuptools would put its own, which is all of it."""
    with contextlib.suppress(ImportError):
        importlib.import_module("_distutils_hack").remove_shim()
