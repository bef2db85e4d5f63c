"""The FHIR transaction, validated by `fhir.resources` (R4B), over real HTTP."""

import asyncio
import json
from dataclasses import replace

import pytest
from awkward_texts import AWKWARD
from fhir.resources.R4B.appointment import Appointment
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.task import Task
from receivers import Answer

from backtalk.booking.delivery.adapter import Permanent, Retryable
from backtalk.booking.delivery.fhir import Fhir
from backtalk.booking.delivery.fhir_bundle import bundle

SYSTEM = "https://clinic.example.org/backtalk/booking-reference"
CREATED = Answer(
    200,
    json.dumps(
        {
            "resourceType": "Bundle",
            "type": "transaction-response",
            "entry": [{"response": {"status": "201 Created"}}, {"response": {"status": "200"}}],
        }
    ).encode(),
)


_MADE = b'{"response": {"status": "201"}}'


class FhirServer:
    """Keeps resources by identifier, as `ifNoneExist` asks."""

    def __init__(self) -> None:
        self.kept = {}

    def answer(self, posted):
        sent = Bundle.parse_raw(posted.body)
        entries = []
        for entry in sent.entry:
            key = (entry.request.url, entry.request.ifNoneExist)
            status = "200 OK" if key in self.kept else "201 Created"
            self.kept.setdefault(key, entry.resource)
            entries.append({"response": {"status": status}})
        said = {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}
        return Answer(200, json.dumps(said).encode())


def deliver(url, parcel, token=None):
    asyncio.run(Fhir(url, SYSTEM, token).deliver(parcel))


def test_it_is_a_valid_transaction_of_a_proposed_appointment_and_a_task(parcel):
    made = Bundle.parse_obj(bundle(parcel, SYSTEM))
    appointment, task = (entry.resource for entry in made.entry)
    assert made.type == "transaction"
    assert isinstance(appointment, Appointment)
    assert appointment.status == "proposed"
    assert isinstance(task, Task)
    assert task.status == "requested"
    assert task.focus.reference == made.entry[0].fullUrl


def test_what_the_patient_said_is_in_it(parcel, ann):
    text = json.dumps(bundle(parcel, SYSTEM))
    for said in (ann.name, ann.phone, ann.times, ann.needs, ann.service):
        assert said in text


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_still_make_a_valid_transaction(parcel, text):
    wanted = replace(parcel.wanted, name=text, times=text, needs=text, service=text, screening=text)
    Bundle.parse_raw(json.dumps(bundle(replace(parcel, wanted=wanted), SYSTEM)))


def test_what_was_skipped_makes_a_valid_transaction(parcel):
    bare = replace(
        parcel.wanted, needs=None, existing_patient=None, may_leave_message=None, topics=(), screening=None
    )
    Bundle.parse_obj(bundle(replace(parcel, wanted=bare), SYSTEM))


def test_a_repeat_makes_nothing_new(receiver, parcel):
    server = FhirServer()
    receiver.answer_with = server.answer
    for _ in range(3):
        deliver(receiver.url, parcel)
    assert sorted(resource for resource, _ in server.kept) == ["Appointment", "Task"]
    assert all("BT-7K3Q" in condition for _, condition in server.kept)


def test_the_token_is_sent(receiver, parcel):
    receiver.answers = [CREATED]
    deliver(receiver.url, parcel, token="abc.def")
    assert receiver.posted[0].headers["authorization"] == "Bearer abc.def"
    assert receiver.posted[0].headers["content-type"].startswith("application/fhir+json")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Welcome</html>",
        b"[]",
        b'{"resourceType": "OperationOutcome"}',
        b'{"type": "transaction-response"}',
        b'{"type": "transaction-response", "entry": []}',
        b'{"type": "transaction-response", "entry": [%s, {}]}' % _MADE,
        b'{"type": "transaction-response", "entry": [%s, 5]}' % _MADE,
        b'{"type": "transaction-response", "entry": [%s, {"response": {"status": "412"}}]}' % _MADE,
    ],
)
def test_a_wrong_answer_is_not_taken_for_success(receiver, parcel, body):
    receiver.answers = [Answer(200, body)]
    with pytest.raises(Retryable, match="something else"):
        deliver(receiver.url, parcel)


def test_a_refusal_is_not_tried_again(receiver, parcel):
    receiver.answers = [Answer(422, b'{"resourceType": "OperationOutcome"}')]
    with pytest.raises(Permanent):
        deliver(receiver.url, parcel)
