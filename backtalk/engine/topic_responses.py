"""Rasa's response generator: picks the variant of a channel and fills in the clinic's facts."""

from __future__ import annotations

import copy
import datetime as dt
import os
import re
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from backtalk.clinic import load_clinic
from backtalk.content.library import Source, load_sources
from backtalk.content.topic_file import intent_of
from backtalk.engine.safety_policy import NET_REPLY, QUESTION, SOON_REPLY, URGENT_REPLY, triage_of
from backtalk.engine.triage_tagger import from_dict
from backtalk.settings import PUBLIC_URL
from backtalk.triage.advice import shipped_advice

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
MAX_OFFERS = 3
_OF_TRIAGE = (URGENT_REPLY, SOON_REPLY, NET_REPLY, QUESTION)
_AFTER_URGENT = [
    {"title": "I have called", "payload": "/after_urgent_called"},
    {"title": "That is not me", "payload": "/after_urgent_not_me"},
]
_YES_NO = [{"title": answer, "payload": answer} for answer in ("Yes", "No", "Not sure")]


class TopicResponses(TemplatedNaturalLanguageGenerator):
    """Fills a stored response.

    Extra arguments: `variant`, `offers` (topic ids), `about` (a topic id), `fill` (placeholders of the
    moment), `screened` (what the symptom check asks about), `words` (of the patient: filled in as they
    are, never read for placeholders), `private` (the reply says who the patient is).
    """

    def __init__(
        self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None
    ) -> None:
        settings = endpoint_config.kwargs if endpoint_config else {}
        clinic_file = os.environ.get("BACKTALK_CLINIC_FILE", settings.get("clinic", "clinic.yml"))
        self._clinic = load_clinic(Path(clinic_file))
        self._facts = self._clinic.placeholders(os.environ.get(PUBLIC_URL, "").rstrip("/") or None)
        self._sources = load_sources(Path(settings.get("sources", "data/sources.yml")))
        self._advice = shipped_advice(self._facts)
        super().__init__(domain.responses if domain else {})

    @property
    def responses(self) -> Dict[str, List[Dict[str, Any]]]:
        return self._responses

    @responses.setter
    def responses(self, responses: Dict[str, List[Dict[str, Any]]]) -> None:
        # Rasa sets this again when a model is loaded, as for its own templated generator.
        self._responses = responses
        self._topics = {}
        for name, variants in responses.items():
            metadata = variants[0].get("metadata") or {}
            topic = metadata.get("topic")
            if topic and name == f"utter_{intent_of(topic)}":
                self._topics[topic] = metadata

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> Optional[Dict[str, Any]]:
        variants = self._responses.get(utter_action)
        if not variants:
            return None
        wanted = kwargs.pop("variant", None) or self._variant_for(variants[0], tracker, output_channel)
        chosen = next((v for v in variants if v.get("channel") == wanted), None)
        response = copy.deepcopy(chosen or next((v for v in variants if "channel" not in v), variants[0]))
        response.pop("channel", None)
        metadata = dict(response.get("metadata") or {})
        if utter_action in _OF_TRIAGE:
            return self._of_triage(utter_action, response, metadata, tracker, output_channel)
        offers = kwargs.pop("offers", None) or metadata.get("next") or ()
        metadata["offers"] = [key for key in offers if key in self._topics][:MAX_OFFERS]
        metadata["sources"] = self._named_sources(metadata)
        about, moment = kwargs.pop("about", None), kwargs.pop("fill", None) or {}
        words = kwargs.pop("words", None) or {}
        if kwargs.pop("private", False):
            metadata["private"] = True
        if "screened" in kwargs:
            metadata["screened"] = kwargs.pop("screened")
        more = {name: self._fill(value, words) for name, value in moment.items()}
        response["text"] = self._fill(
            response["text"], {**(self._about(about) if about else {}), **words, **more}
        )
        response["metadata"] = metadata
        response["buttons"] = [
            *(response.get("buttons") or ()),
            *(
                {"title": self._topics[key]["title"], "payload": f"/{intent_of(key)}"}
                for key in metadata["offers"]
            ),
        ]
        return response

    def _of_triage(
        self,
        utter_action: str,
        response: Dict[str, Any],
        metadata: Dict[str, Any],
        tracker: DialogueStateTracker,
        output_channel: str,
    ) -> Dict[str, Any]:
        """The text that goes with the red flags of the latest message."""
        text = self._fill(response["text"], {})
        stored = triage_of(tracker)
        buttons: list[dict[str, str]] = []
        if stored and utter_action == URGENT_REPLY:
            assessed = from_dict(stored)
            text = self._advice.urgent(assessed, output_channel)
            metadata |= {"urgency": assessed.tier, "red_flags": list(assessed.flags)}
            buttons = _AFTER_URGENT
        elif stored and utter_action == SOON_REPLY:
            text = self._advice.soon(from_dict(stored), output_channel)
            metadata |= {"red_flags": stored["flags"]}
        elif utter_action == NET_REPLY:
            text = self._advice.safety_net(output_channel)
        elif stored:
            text = self._advice.ask(stored["ask"][0], output_channel)
            metadata |= {"asked": stored["ask"]}
            buttons = _YES_NO
        return {"text": text, "metadata": metadata, "buttons": buttons}

    def _variant_for(
        self, default: Mapping[str, Any], tracker: DialogueStateTracker, output_channel: str
    ) -> str:
        """The easy variant where a follow-up leads back to the answer just given."""
        reading = (tracker.latest_message.parse_data if tracker.latest_message else {}) or {}
        via = (reading.get("understanding") or {}).get("via")
        same = (default.get("metadata") or {}).get("topic")
        last = (tracker.latest_bot_utterance.metadata if tracker.latest_bot_utterance else {}) or {}
        if via == "follow_up" and same and (last.get("metadata") or {}).get("topic") == same:
            return "simple"
        return output_channel

    def _fill(self, text: str, more: Mapping[str, str]) -> str:
        known = {**self._facts, **more}
        if "{open_now}" in text:
            known["open_now"] = self._clinic.opening_now(dt.datetime.now(dt.timezone.utc))
        return _PLACEHOLDER.sub(lambda match: known.get(match.group(1), match.group(0)), text)

    def _named_sources(self, metadata: Mapping[str, Any]) -> list[dict[str, str]]:
        found = [self._sources[key] for key in metadata.get("sources", ()) if key in self._sources]
        return [_source_fields(source) for source in found]

    def _about(self, topic_id: str) -> dict[str, str]:
        """Placeholders that describe another topic's sources."""
        metadata = self._topics[topic_id]
        named = self._named_sources(metadata)
        return {
            "title": str(metadata["title"]),
            "source_list": "\n".join(f"- {s['title']} ({s['year']})" for s in named),
            "source_line": "; ".join(f"{s['title']} ({s['year']})" for s in named),
            "checked": dt.date.fromisoformat(str(metadata["reviewed"])).strftime("%B %Y"),
        }


def _source_fields(source: Source) -> dict[str, str]:
    return {"title": source.title, "year": source.year, "url": source.url}
