"""Putting the engine together: the trained model, the actions in process, the clinic's facts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Optional

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from backtalk.booking.cipher import FieldCipher
from backtalk.booking.erasure import Erasure
from backtalk.booking.reception import Reception
from backtalk.booking.requests import Requests
from backtalk.clinic import Clinic
from backtalk.database import Base, open_in_memory
from backtalk.engine.action_endpoint import InProcessActions
from backtalk.engine.action_results import check_results_quickly
from backtalk.engine.event_types import resolve_events_quickly
from backtalk.engine.processor import QuickAgent
from backtalk.engine.serving_graph import training_graph_left_out
from backtalk.engine.stored_domain import stored_domain_read_quickly
from backtalk.project import Project


class NoModelError(RuntimeError):
    """There is no trained model to load."""


class EraserInMemory:
    """Deletes one conversation of the shell or of `ask`."""

    def __init__(self, conversations: InMemoryTrackerStore, bookings: Erasure) -> None:
        self._conversations = conversations
        self._bookings = bookings

    async def erase(self, session: str) -> None:
        """Drop the conversation."""
        self._conversations.store.pop(session, None)

    async def erase_open_requests(self, session: str) -> list[str]:
        """Drop its open requests; their references."""
        return self._bookings.by_conversation(session, only_open=True)


@dataclass(frozen=True)
class Assistant:
    """The loaded engine. `conversations` and requests are kept in memory, for the shell and `ask`."""

    agent: Agent
    clinic: Clinic
    conversations: InMemoryTrackerStore
    eraser: EraserInMemory
    requests: Requests


def load_assistant(project: Project) -> Assistant:
    """Load the trained model with in-memory conversations and in-process actions.

    Raises NoModelError if nothing was trained yet, ClinicFileError if clinic.yml is wrong.
    """
    clinic = project.clinic()
    conversations = InMemoryTrackerStore(Domain.empty())
    # There is nobody to deliver to.
    told_nobody = clinic.copy(update={"handoff": clinic.handoff.copy(update={"deliver": ()})})
    requests, erasure, cipher = _bookings_in_memory(told_nobody)
    agent = load_agent(project, conversations, Reception(clinic, cipher, requests))
    return Assistant(agent, clinic, conversations, EraserInMemory(conversations, erasure), requests)


def _bookings_in_memory(clinic: Clinic) -> tuple[Requests, Erasure, FieldCipher]:
    """Requests made here reach nobody and are gone at the end."""
    key = secrets.token_bytes(32)
    cipher = FieldCipher((), key)
    engine = open_in_memory()
    Base.metadata.create_all(engine)
    return Requests(engine, cipher, key, clinic), Erasure(engine, cipher, key), cipher


def load_agent(
    project: Project, conversations: TrackerStore, reception: Optional[Reception] = None
) -> QuickAgent:
    """Load the trained model with `conversations` and in-process actions. Raises NoModelError.

    Without a `reception` requests for a visit cannot be stored.
    """
    if not project.model.exists():
        raise NoModelError(f"{project.model} does not exist. Run 'backtalk train' first.")
    resolve_events_quickly()
    check_results_quickly()
    with stored_domain_read_quickly(), training_graph_left_out():
        agent = QuickAgent(
            generator=EndpointConfig(
                type="backtalk.engine.topic_responses.TopicResponses",
                clinic=str(project.clinic_file),
                sources=str(project.data / "sources.yml"),
            ),
            tracker_store=conversations,
            action_endpoint=InProcessActions(reception=reception),
        )
        agent.load_model(project.model)
    conversations.domain = agent.domain
    # Rasa wraps the store in one that goes on in memory if it fails: what was said meanwhile would
    # come back as an old state later. Here a turn that cannot be read fails, and the guard answers.
    agent.tracker_store = conversations
    if agent.processor:
        agent.processor.tracker_store = conversations
    return agent
