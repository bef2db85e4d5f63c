"""Putting the engine together: the trained model, the actions in process, the clinic's facts."""

from __future__ import annotations

from dataclasses import dataclass

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from backtalk.clinic import Clinic
from backtalk.engine.action_endpoint import InProcessActions
from backtalk.engine.event_types import resolve_events_quickly
from backtalk.engine.stored_domain import stored_domain_read_quickly
from backtalk.project import Project


class NoModelError(RuntimeError):
    """There is no trained model to load."""


@dataclass(frozen=True)
class Assistant:
    """The loaded engine. `conversations` keeps them in memory, for the shell and `ask`."""

    agent: Agent
    clinic: Clinic
    conversations: InMemoryTrackerStore


def load_assistant(project: Project) -> Assistant:
    """Load the trained model with in-memory conversations and in-process actions.

    Raises NoModelError if nothing was trained yet, ClinicFileError if clinic.yml is wrong.
    """
    clinic = project.clinic()
    conversations = InMemoryTrackerStore(Domain.empty())
    return Assistant(load_agent(project, conversations), clinic, conversations)


def load_agent(project: Project, conversations: TrackerStore) -> Agent:
    """Load the trained model with `conversations` and in-process actions. Raises NoModelError."""
    if not project.model.exists():
        raise NoModelError(f"{project.model} does not exist. Run 'backtalk train' first.")
    resolve_events_quickly()
    with stored_domain_read_quickly():
        agent = Agent.load(
            str(project.model),
            generator=EndpointConfig(
                type="backtalk.engine.topic_responses.TopicResponses",
                clinic=str(project.clinic_file),
                sources=str(project.data / "sources.yml"),
            ),
            tracker_store=conversations,
            action_endpoint=InProcessActions(),
        )
    conversations.domain = agent.domain
    # Rasa wraps the store in one that goes on in memory if it fails: what was said meanwhile would
    # come back as an old state later. Here a turn that cannot be read fails, and the guard answers.
    agent.tracker_store = conversations
    if agent.processor:
        agent.processor.tracker_store = conversations
    return agent
