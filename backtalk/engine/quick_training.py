"""What makes a training quicker without changing what is learnt, or what is refused."""

from __future__ import annotations

import contextlib
import copy
from functools import lru_cache
from typing import Any, Iterator

import rasa.shared.utils.validation as validation
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.utils.io import read_yaml, read_yaml_file


@contextlib.contextmanager
def quick_training() -> Iterator[None]:
    """While it lasts, Rasa copies examples one level deep and checks files without noting their lines."""
    thorough = validation.validate_yaml_schema

    def validate(content: str, schema: str, package: str = validation.PACKAGE_NAME) -> None:
        # The thorough check parses in Python, to tell where a fault is. That is asked for if there is one.
        if not _fits(content, schema, package):
            thorough(content, schema, package)

    validation.validate_yaml_schema = validate
    Message.__deepcopy__ = _copied
    try:
        yield
    finally:
        del Message.__deepcopy__
        validation.validate_yaml_schema = thorough


def _fits(content: str, schema: str, package: str) -> bool:
    """Whether `content` keeps to `schema`. What the thorough check would do first, by libyaml."""
    from pykwalify.core import Core

    rules, extensions = _schema(schema, package)
    try:
        checked = Core(
            source_data=read_yaml(content), schema_data=copy.deepcopy(rules), extensions=extensions
        )
        checked.validate(raise_exception=True)
    except Exception:  # whatever it is, the thorough check says it better
        return False
    return True


@lru_cache(maxsize=8)
def _schema(schema: str, package: str) -> tuple[dict[str, Any], list[str]]:
    from pkg_resources import resource_filename

    texts = read_yaml_file(resource_filename(validation.PACKAGE_NAME, validation.RESPONSES_SCHEMA_FILE))
    extensions = resource_filename(validation.PACKAGE_NAME, validation.SCHEMA_EXTENSIONS_FILE)
    return {**read_yaml_file(resource_filename(package, schema)), **texts}, [extensions]


def _copied(message: Message, _: dict[int, Any]) -> Message:
    """A copy one level deep: a text, an intent and flat metadata, none of which is changed in place."""
    copied = copy.copy(message)
    copied.data = dict(message.data)
    copied.features = list(message.features)
    copied.output_properties = set(message.output_properties)
    return copied
