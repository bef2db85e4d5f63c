"""Keeps Rasa's chatter, and with it every patient's words, out of logs and terminals."""

from __future__ import annotations

import logging
import warnings


def quiet_rasa() -> None:
    """Silence Rasa's loggers, structlog and the warnings of libraries it uses in old ways.

    Rasa logs message texts at several levels (on errors too), so none of them is let through;
    Backtalk logs its own events without texts.
    """
    import structlog

    # A filter would not do: libraries that Rasa imports put theirs in front of it.
    warnings.showwarning = lambda *_, **__: None
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    for name in ("rasa", "rasa_sdk", "asyncio", "apscheduler", "matplotlib"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
