"""The outbox: leases, pauses, dead letters, circuits and couriers, on both databases."""

import asyncio
import threading

import pytest
from receivers import Answer, HttpReceiver

from backtalk.booking.circuit import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Circuit
from backtalk.booking.courier import Courier
from backtalk.booking.delivery.adapter import Permanent, Retryable
from backtalk.booking.delivery.targets import make_adapters
from backtalk.booking.erasure import Erasure
from backtalk.booking.errors import NoSuchDelivery
from backtalk.booking.outbox import FIRST_PAUSE as FIRST
from backtalk.booking.outbox import LEASE, MAX_ATTEMPTS, Outbox, pause_before
from backtalk.booking.outbox import LONGEST_PAUSE as LONGEST
from backtalk.booking.request import DeliveryState
from backtalk.booking.requests import Requests
from backtalk.database_threads import DatabaseThreads

SECRETS = {"BACKTALK_WEBHOOK_SECRET": "whsec_" + "A" * 43 + "="}


def at_most(_, limit):
    return limit


@pytest.fixture
def outbox(engine, cipher, clock):
    return Outbox(engine, cipher, clock, at_most)


@pytest.fixture
def stored(requests, ann):
    return requests.store(ann, conversation="web-1")


@pytest.fixture
def one(outbox):
    """The state of the only delivery there is."""
    return lambda: outbox.listing(tuple(DeliveryState))[0]


@pytest.mark.usefixtures("stored")
def test_a_parcel_is_taken_once(outbox):
    assert len(outbox.take("webhook", 5)) == 1
    assert outbox.take("webhook", 5) == ()
    assert outbox.take("another", 5) == ()


def test_a_parcel_holds_the_request(outbox, stored, ann):
    (taken,) = outbox.take("webhook", 5)
    assert taken.parcel.reference == stored
    assert taken.parcel.wanted == ann
    assert taken.parcel.key == taken.id
    assert "Ann" not in repr(taken)


@pytest.mark.usefixtures("stored")
def test_a_lease_that_ran_out_is_given_to_another_who_has_the_last_word(outbox, clock, one):
    (dead_worker,) = outbox.take("webhook", 5)
    clock.now += LEASE
    clock.goes_on(seconds=1)
    (worker,) = outbox.take("webhook", 5)
    assert worker.parcel.key == dead_worker.parcel.key
    assert worker.attempt == 2
    outbox.failed(dead_worker, "too late", again=False)
    assert one().state is DeliveryState.WAITING
    outbox.delivered(worker)
    outbox.failed(dead_worker, "too late", again=False)
    assert one().state is DeliveryState.DELIVERED


@pytest.mark.usefixtures("stored")
def test_a_failure_is_tried_again_after_a_pause_that_doubles(outbox, clock):
    for pause in (FIRST, 2 * FIRST, 4 * FIRST):
        (taken,) = outbox.take("webhook", 5)
        outbox.failed(taken, "answered 500", again=True)
        clock.goes_on(seconds=pause - 1)
        assert outbox.take("webhook", 5) == ()
        clock.goes_on(seconds=1)


@pytest.mark.usefixtures("stored")
def test_a_longer_pause_that_the_target_asks_for_is_kept(outbox, clock):
    (taken,) = outbox.take("webhook", 5)
    outbox.failed(taken, "answered 503", again=True, after=7200)
    clock.goes_on(seconds=7199)
    assert outbox.take("webhook", 5) == ()
    clock.goes_on(seconds=1)
    assert outbox.take("webhook", 5)


def test_pauses_are_spread_from_nothing_to_the_limit():
    asked = []
    pause_before(3, lambda low, high: asked.append((low, high)) or low)
    assert asked == [(0.0, 4 * FIRST)]
    assert pause_before(500, at_most) == LONGEST


@pytest.mark.usefixtures("stored")
def test_after_the_last_try_it_is_dead_kept_and_said_why(outbox, clock, one):
    for _ in range(MAX_ATTEMPTS):
        (taken,) = outbox.take("webhook", 5)
        outbox.failed(taken, "answered 500", again=True)
        clock.goes_on(seconds=LONGEST)
    assert outbox.take("webhook", 5) == ()
    assert (one().state, one().attempts) == (DeliveryState.DEAD, MAX_ATTEMPTS)
    assert one().last_error == "answered 500"


@pytest.mark.usefixtures("stored")
def test_a_parcel_on_which_workers_die_comes_to_an_end(outbox, clock, one):
    for _ in range(MAX_ATTEMPTS):
        assert outbox.take("webhook", 5)
        clock.now += 2 * LEASE
    assert outbox.take("webhook", 5) == ()
    assert one().state is DeliveryState.DEAD


def test_staff_have_a_dead_delivery_tried_again_or_drop_it(outbox, requests, stored, one):
    (taken,) = outbox.take("webhook", 5)
    outbox.failed(taken, "refused it with 422", again=False)
    assert requests.get(stored).is_undelivered
    outbox.retry(taken.id, "bo")
    (again,) = outbox.take("webhook", 5)
    assert again.attempt == 1
    outbox.failed(again, "refused it with 422", again=False)
    outbox.drop(taken.id, "bo")
    assert one().state is DeliveryState.DROPPED
    assert not requests.get(stored).is_undelivered
    done = [(entry.action, entry.by) for entry in requests.trail(stored)[1:]]
    assert done == [("delivery retry", "bo"), ("delivery drop", "bo")]


@pytest.mark.usefixtures("stored")
def test_what_is_delivered_cannot_be_tried_again(outbox):
    (taken,) = outbox.take("webhook", 5)
    outbox.delivered(taken)
    for decide in (outbox.retry, outbox.drop):
        with pytest.raises(NoSuchDelivery):
            decide(taken.id, "bo")


@pytest.mark.usefixtures("stored")
def test_while_a_worker_has_it_a_retry_does_not_send_it_twice(outbox):
    (taken,) = outbox.take("webhook", 5)
    outbox.retry(taken.id, "bo")
    assert outbox.take("webhook", 5) == ()


def test_an_erased_request_is_not_delivered(outbox, engine, cipher, stored):
    (taken,) = outbox.take("webhook", 5)
    Erasure(engine, cipher, b"k").by_reference(stored, "bo")
    outbox.delivered(taken)
    assert outbox.listing(tuple(DeliveryState)) == ()


def test_many_workers_take_every_parcel_exactly_once(engine, cipher, clock, requests, somebody):
    for number in range(60):
        requests.store(somebody(name=f"p{number}"), conversation=f"c{number}")
    taken, failed = [], []

    def work():
        outbox = Outbox(engine, cipher, clock)
        try:
            while piece := outbox.take("webhook", 7):
                taken.extend(one.id for one in piece)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    if engine.dialect.name == "postgresql":  # whose workers skip what others are just taking
        taken += [one.id for one in Outbox(engine, cipher, clock).take("webhook", 60)]
    assert len(taken) == len(set(taken)) == 60


class Now:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_a_circuit_opens_after_failures_in_a_row_and_tries_one():
    now = Now()
    circuit = Circuit(now)
    for _ in range(FAILURES - 1):
        circuit.failed()
    assert circuit.allows(8) == 8
    circuit.failed()
    assert circuit.allows(8) == 0
    now.seconds = FIRST_PAUSE
    assert circuit.allows(8) == 1
    circuit.failed()
    now.seconds += 2 * FIRST_PAUSE - 1
    assert circuit.allows(8) == 0
    now.seconds += 1
    assert circuit.allows(8) == 1
    assert circuit.succeeded()
    assert circuit.allows(8) == 8
    assert not circuit.succeeded()


def test_a_success_between_failures_keeps_the_circuit_closed():
    circuit = Circuit(Now())
    for _ in range(5 * FAILURES):
        circuit.failed()
        circuit.succeeded()
    assert circuit.allows(8) == 8


def test_a_circuit_never_pauses_for_too_long_but_as_long_as_it_is_asked_to():
    now = Now()
    circuit = Circuit(now)
    for _ in range(40):
        circuit.failed()
        now.seconds += LONGEST_PAUSE
    assert circuit.allows(8) == 1
    circuit = Circuit(now)
    circuit.failed(after=5000)
    now.seconds += 4999
    assert circuit.allows(8) == 0


@pytest.fixture
def deliver(engine, cipher, clock, clinic_with, receiver, ann):
    """Store Ann's request for a receiver; `deliver()` is one round of a courier."""
    clinic = clinic_with({"kind": "webhook", "url": receiver.url})
    Requests(engine, cipher, b"k", clinic, clock).store(ann, conversation="web-1")
    adapters = make_adapters(clinic, None, SECRETS)
    courier = Courier(Outbox(engine, cipher, clock, at_most), adapters, DatabaseThreads("test"))
    return lambda: dict(asyncio.run(courier.deliver_due()))


def test_a_courier_delivers_what_is_due_once(deliver, receiver, one):
    assert deliver() == {"delivered": 1}
    assert deliver() == {}
    assert len(receiver.posted) == 1
    assert one().state is DeliveryState.DELIVERED


def test_a_target_that_fails_and_recovers_gets_it_with_the_same_key(deliver, receiver, clock, one):
    receiver.answers = [Answer(500), Answer(503, headers={"Retry-After": "1"}), Answer(200)]
    assert deliver() == {"failed": 1}
    assert one().last_error == "answered 500"
    clock.goes_on(seconds=FIRST)
    assert deliver() == {"failed": 1}
    assert one().attempts == 2
    assert len({posted.headers["webhook-id"] for posted in receiver.posted}) == 1


def test_a_refused_request_is_dead_at_once(deliver, receiver, one):
    receiver.answers = [Answer(422)]
    assert deliver() == {"dead": 1}
    assert deliver() == {}
    assert one().last_error == "refused it with 422"


def test_a_request_that_the_keys_cannot_read_is_dead(deliver, engine, receiver, one):
    from sqlalchemy import text

    with engine.begin() as connection:
        connection.execute(text("update booking_request set details = 'gAAAAA'"))
    assert deliver() == {"dead": 1}
    assert not receiver.posted
    assert "keys" in one().last_error


class Scripted:
    """An adapter that does what it is told, one after the other."""

    def __init__(self, *results):
        self.results = list(results)
        self.keys = []

    async def deliver(self, parcel):
        self.keys.append(parcel.key)
        result = self.results.pop(0) if self.results else None
        if result:
            raise result


@pytest.fixture
def courier_of(engine, cipher, clock, clinic_with, somebody):
    def make(adapter, requests):
        clinic = clinic_with({"kind": "webhook", "url": "http://localhost/"})
        store = Requests(engine, cipher, b"k", clinic, clock)
        for number in range(requests):
            store.store(somebody(name=f"p{number}"), conversation=f"c{number}")
        return Courier(Outbox(engine, cipher, clock, at_most), {"webhook": adapter}, DatabaseThreads("test"))

    return make


def test_a_target_that_is_down_is_left_alone_and_gets_all_when_it_is_back(courier_of, clock, monkeypatch):
    now = Now()
    monkeypatch.setattr("backtalk.booking.courier.Circuit", lambda: Circuit(now))
    adapter = Scripted(*(Retryable("down") for _ in range(FAILURES + 3)))
    courier = courier_of(adapter, 20)

    def round_of():
        return dict(asyncio.run(courier.deliver_due()))

    assert round_of() == {"failed": 8}
    assert round_of() == {}, "the circuit is open"
    now.seconds += FIRST_PAUSE
    assert round_of() == {"delivered": 1}, "a trial"
    assert round_of() == {"delivered": 8}, "the target is back"
    assert round_of() == {"delivered": 8}
    assert round_of() == {"delivered": 3}
    assert len(set(adapter.keys)) == 20


def test_requests_that_a_target_refuses_do_not_open_the_circuit(courier_of):
    adapter = Scripted(*(Permanent("no") for _ in range(8)))
    courier = courier_of(adapter, 16)
    assert dict(asyncio.run(courier.deliver_due())) == {"dead": 8}
    assert dict(asyncio.run(courier.deliver_due())) == {"delivered": 8}


def test_a_fault_of_an_adapter_is_tried_again_and_named_by_its_kind(courier_of, one):
    courier = courier_of(Scripted(KeyError("Ann Lee")), 1)
    assert dict(asyncio.run(courier.deliver_due())) == {"failed": 1}
    assert one().last_error == "fault of ours (KeyError)"


def test_a_slow_target_holds_up_no_other(engine, cipher, clinic_with, ann, receiver):
    held = threading.Event()
    slow = HttpReceiver(Answer(held=held))
    clinic = clinic_with(
        {"kind": "webhook", "name": "slow", "url": slow.url},
        {"kind": "webhook", "name": "quick", "url": receiver.url},
    )
    requests = Requests(engine, cipher, b"k", clinic)
    requests.store(ann, conversation="web-1")
    courier = Courier(Outbox(engine, cipher), make_adapters(clinic, None, SECRETS), DatabaseThreads("test"))

    async def run():
        running = asyncio.create_task(courier.run())
        while not receiver.posted or not slow.posted:
            await asyncio.sleep(0.01)
        second = await asyncio.to_thread(requests.store, ann, conversation="web-2")
        while len(receiver.posted) < 2:
            await asyncio.sleep(0.01)
        held.set()
        courier.stop()
        await asyncio.wait_for(running, 20)
        return second

    asyncio.run(asyncio.wait_for(run(), 30))
    slow.stop()


def test_a_courier_outlives_a_database_that_is_away(engine, cipher, monkeypatch):
    outbox, tried = Outbox(engine, cipher), []
    monkeypatch.setattr("backtalk.booking.courier._AFTER_A_FAULT", 0.01)

    def take(target, most):
        tried.append(target)
        raise OSError("gone")

    monkeypatch.setattr(outbox, "take", take)
    courier = Courier(outbox, {"webhook": Scripted()}, DatabaseThreads("test"))

    async def run():
        running = asyncio.create_task(courier.run())
        while len(tried) < 3:
            await asyncio.sleep(0.01)
        courier.stop()
        await asyncio.wait_for(running, 20)

    asyncio.run(run())
