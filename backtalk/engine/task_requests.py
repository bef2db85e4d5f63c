"""Messages on a topic that ask for a task to begin: "book me in" is about booking, and wants the form."""

from __future__ import annotations

from dataclasses import replace

from backtalk.booking.asking import asks_to_begin, orders_visit
from backtalk.understanding.erase_request import asks_to_erase
from backtalk.understanding.reading import Kind, Reading

BOOKING_REQUEST = "booking_request"
ERASE_REQUEST = "about_erase"
_BOOKABLE = ("treatment/", "clinic/", "selfcare/exercise")
_BEGINS = {
    "booking/book": (asks_to_begin, BOOKING_REQUEST),
    "about/privacy": (asks_to_erase, ERASE_REQUEST),
}


def as_task(reading: Reading, text: str) -> Reading:
    """`reading` with the intent that begins the task, where `text` asks for it; its topic stays."""
    if reading.kind is not Kind.ANSWER or not reading.topics:
        return reading
    if reading.topics[0].startswith(_BOOKABLE) and orders_visit(text):
        # "Book a massage" is about booking, whatever else it names.
        return replace(reading, intent=BOOKING_REQUEST, topics=("booking/book",))
    asks, intent = _BEGINS.get(reading.topics[0], (None, ""))
    return replace(reading, intent=intent) if asks and asks(text) else reading
