"""The titles of all topics, from the responses of a loaded model."""

from __future__ import annotations

from typing import Mapping

from rasa.core.agent import Agent


def topic_titles(agent: Agent) -> Mapping[str, str]:
    """Title by topic id. {} for a model without topics."""
    responses = agent.domain.responses if agent.domain else {}
    found = [variant.get("metadata") or {} for variants in responses.values() for variant in variants]
    return {str(one["topic"]): str(one["title"]) for one in found if "topic" in one and "title" in one}
