"""Whatever breaks behind it, the patient reads the fail-safe text in time and no log holds their words."""

import asyncio
import logging
import time

import pytest

from backtalk.channels.failsafe import failsafe_reply
from backtalk.channels.guard import Guard

SECRET = "zebra-fish-sciatica-4711"  # stands for what a patient would not want in a log
TURN_SECONDS = 0.05
SOON = 1.0


class RaisingAgent:
    """Breaks, and quotes the patient while doing so."""

    async def handle_message(self, message):
        raise RuntimeError(f"cannot understand {message.text!r}")


class HangingAgent:
    async def handle_message(self, message):
        await asyncio.Event().wait()


class SilentAgent:
    async def handle_message(self, message):
        return None


class BlankAgent:
    """Says something, but nothing one could read."""

    async def handle_message(self, message):
        await message.output_channel.send_response(message.sender_id, {"text": " \n"})
        await message.output_channel.send_response(message.sender_id, {"text": None})


class HalfwayAgent:
    """Gives one answer and then breaks."""

    def __init__(self, then):
        self._then = then

    async def handle_message(self, message):
        await message.output_channel.send_response(message.sender_id, {"text": "Keep moving."})
        await self._then.handle_message(message)


BROKEN = [RaisingAgent(), HangingAgent(), SilentAgent(), BlankAgent()]


def name(agent) -> str:
    return type(agent).__name__


@pytest.fixture
def clinic(project):
    return project.clinic()


@pytest.fixture
def ask(clinic, loop, caplog):
    """Sends SECRET through a guard in front of `agent`, with every log record kept."""
    caplog.set_level(logging.DEBUG)

    def run(agent, channel: str = "web"):
        guard = Guard(agent, clinic, turn_seconds=TURN_SECONDS)
        return loop.run_until_complete(guard.answer(SECRET, sender="someone", channel=channel))

    return run


@pytest.mark.parametrize("channel", ["web", "sms"])
@pytest.mark.parametrize("agent", BROKEN, ids=name)
def test_a_broken_agent_gives_exactly_the_failsafe_text(ask, clinic, agent, channel):
    replies = ask(agent, channel)
    assert list(replies) == [failsafe_reply(clinic)]
    assert replies[0].kind == "failsafe"
    assert clinic.phone in replies[0].text
    assert clinic.emergency in replies[0].text


@pytest.mark.parametrize("agent", BROKEN, ids=name)
def test_a_broken_agent_does_not_keep_the_patient_waiting(ask, agent):
    started = time.perf_counter()
    ask(agent)
    assert time.perf_counter() - started < SOON


@pytest.mark.parametrize("agent", BROKEN, ids=name)
def test_a_broken_agent_puts_nothing_of_the_patients_text_in_a_log(ask, caplog, capfd, agent):
    ask(agent)
    assert SECRET not in caplog.text
    assert SECRET not in "".join(str(vars(record)) for record in caplog.records)
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("agent", "event"),
    [(RaisingAgent(), "turn failed"), (HangingAgent(), "turn timed out")],
    ids=["raises", "hangs"],
)
def test_the_failure_itself_is_logged_with_its_channel(ask, caplog, agent, event):
    ask(agent, "sms")
    logged = [record for record in caplog.records if record.name == "backtalk.channels.guard"]
    assert [record.getMessage() for record in logged] == [event]
    assert vars(logged[0])["channel"] == "sms"


@pytest.mark.parametrize("then", [RaisingAgent(), HangingAgent()], ids=name)
def test_what_was_said_before_a_failure_still_reaches_the_patient(ask, then):
    assert [reply.text for reply in ask(HalfwayAgent(then))] == ["Keep moving."]


def test_the_failsafe_text_fits_two_sms_parts(clinic):
    from backtalk.content.sms_parts import segments

    size = segments(failsafe_reply(clinic).text)
    assert (size.encoding, size.parts <= 2) == ("GSM-7", True)
