"""Messages that ask for a task to begin: "book me in" wants the form, "how do I book" the answer on booking.

Patterns, not examples: the classifier learns topics, and how a message is put decides. So a new way of
ordering a visit changes nothing in how other messages, or red flags, are understood.
"""

from __future__ import annotations

from dataclasses import replace

from backtalk.booking.asking import asks_to_begin, orders_visit
from backtalk.understanding.erase_request import asks_to_erase, orders_erasing
from backtalk.understanding.reading import Kind, Reading

BOOKING_REQUEST = "booking_request"
ERASE_REQUEST = "about_erase"
_BOOKING, _PRIVACY = "booking/book", "about/privacy"


def as_task(reading: Reading, text: str) -> Reading:
    """`reading`, or the one that begins the task that `text` asks for; its topic is that of the task.

    An order in so many words begins the task whatever was understood. Otherwise the topic must be the task's.
    """
    if reading.kind is Kind.TWO_ANSWERS or reading.intent in (BOOKING_REQUEST, ERASE_REQUEST):
        return reading  # two topics, or the button's own title
    topics = reading.topics[:1] if reading.kind is Kind.ANSWER else ()
    if orders_visit(text) or (topics == (_BOOKING,) and asks_to_begin(text)):
        return _begun(reading, BOOKING_REQUEST, _BOOKING)
    if orders_erasing(text) or (topics == (_PRIVACY,) and asks_to_erase(text)):
        return _begun(reading, ERASE_REQUEST, _PRIVACY)
    return reading


def _begun(reading: Reading, intent: str, topic: str) -> Reading:
    return replace(reading, kind=Kind.ANSWER, intent=intent, topics=(topic,), choices=())
