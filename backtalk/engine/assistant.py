"""Putting the engine together: the newest model, the actions in process, the clinic's facts."""

from __future__ import annotations

import warnings
from typing import Any

from backtalk.project import Project



class NoModelError(RuntimeError):
    """There is no trained model to load."""


def load_agent(project: Project) -> Any:
    """The Rasa agent with the trained model, in-memory conversations and in-process actions.

    Raises NoModelError if nothing was trained yet.
    """
    if not project.model.exists():
        raise NoModelError(f"{project.model} does not exist. Run 'backtalk train' first.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Rasa's own use of old library interfaces
        from rasa.core.agent import Agent
        from rasa.utils.endpoints import EndpointConfig

        from backtalk.engine.action_endpoint import InProcessActions

        return Agent.load(
            str(project.model),
            generator=EndpointConfig(
                type="backtalk.engine.topic_responses.TopicResponses",
                clinic=str(project.clinic_file),
                sources=str(project.data / "sources.yml"),
            ),
            action_endpoint=InProcessActions(),
        )
