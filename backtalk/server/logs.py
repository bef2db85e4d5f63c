"""Log lines as JSON, one each, that cannot hold what a patient wrote."""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from typing import Any

_OURS = "backtalk"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_PLAIN = (str, int, float, bool, type(None))


class JsonLines(logging.Formatter):
    """Our events with their fields. Of other libraries only who spoke, since they quote messages.

    Of an exception: its type and where it was raised; never its text.
    """

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.timezone.utc)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.split(".")[0] == _OURS:
            line["event"] = str(record.msg)  # the constant text, without arguments
            line |= {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        else:
            line["event"] = "message of a library, not shown"
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["where"] = [
                f"{frame.filename.rsplit('site-packages/', 1)[-1]}:{frame.lineno}"
                for frame in traceback.extract_tb(record.exc_info[2])[-4:]
            ]
        return json.dumps(line)


def log_in_json() -> None:
    """Send our logs at INFO, and those of libraries at WARNING, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    for name in ("sanic.root", "sanic.error", "sanic.access", "sanic.server"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if isinstance(value, _PLAIN) else type(value).__name__
