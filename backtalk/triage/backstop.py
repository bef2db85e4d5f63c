"""The second detector: how alike a message is to what patients wrote of each red flag.

Rules find what somebody thought of. This finds wordings that nobody wrote down: a classifier over the
sentence embedding, trained on the phrases of data/triage/phrases and, as nothing, on their near misses
and on ordinary questions. Where it is sure it routes, where it is not it asks. See
docs/decisions/0009-the-backstop-may-route.md for why it may route, with figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Iterator, Mapping, Sequence

import numpy as np

from backtalk.triage.assertion import Assertion, Status
from backtalk.triage.assess import Assessment, Finding
from backtalk.triage.catalogue import ROUTED, Catalogue, Flag, read_yaml, tier_rank

NOTHING = "none"
_ASSENT = re.compile(
    r"^(?:(?:yes|yeah|yea|yep|yup|ok|okay|sure)\b[\s,.!]*(?:please\b[\s,.!]*)?)+(?=\w)", re.IGNORECASE
)


@dataclass(frozen=True)
class Likeness:
    """Probabilities that decide; tuned on messages that no file of phrases holds."""

    route: float = 0.42
    ask: float = 0.3
    # tiers emergency and crisis: a false alarm costs less than a miss
    route_emergency: float = 0.25
    ask_emergency: float = 0.2
    # where the rules heard it denied, asked about or told as past, or it surely asks for something else
    route_against: float = 0.8
    ask_against: float = 0.7


def phrase_examples(catalogue: Catalogue, folder: Path) -> Iterator[tuple[str, str]]:
    """(text, label) for training: the flag's id for what affirms a routed flag, else NOTHING."""
    for phrases in _phrase_files(folder):
        flag = catalogue.flags.get(phrases.get("flag", ""))
        label = flag.id if flag and flag.tier in ROUTED else NOTHING
        yield from ((text, label) for text in phrases.get("affirmed", ()))
        yield from ((text, NOTHING) for text in phrases.get("near_miss", ()))


def phrase_texts(folder: Path) -> Iterator[str]:
    """All texts of `phrase_examples`, without loading the catalogue."""
    for phrases in _phrase_files(folder):
        yield from phrases.get("affirmed", ())
        yield from phrases.get("near_miss", ())


def _phrase_files(folder: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted((folder / "phrases").glob("*.yml")):
        yield read_yaml(file)


def without_assent(text: str) -> str:
    """`text` without the "yes" or "ok" before what it tells; for likenesses, not for rules.

    "Yes I want to" takes up an offer. To the classifier it is like what people in despair wrote.
    """
    return _ASSENT.sub("", text)


class Backstop:
    """Adds to an assessment what the rules did not find. `labels` are flag ids and NOTHING."""

    def __init__(self, catalogue: Catalogue, labels: Sequence[str], likeness: Likeness | None = None) -> None:
        self._flags = catalogue.flags
        self._labels = list(labels)
        self._likeness = likeness or Likeness()
        self._is_flag = np.array([label in self._flags for label in labels])

    def judge(self, assessed: Assessment, probabilities: Any, *, ordinary: bool = False) -> Assessment:
        """`assessed`, routed or with a question where the message is like those of a flag.

        `probabilities` has one value for each label; `ordinary` says that the message is surely a
        question about something else. What the rules route stays as it is.
        """
        if assessed.is_routed:
            return assessed
        # The likeliest flag, not their sum: many small likenesses add up on ordinary messages too.
        likeliest = int(np.argmax(np.where(self._is_flag, probabilities, -1.0)))
        best, likeness = self._flags[self._labels[likeliest]], float(probabilities[likeliest])
        limits = self._likeness
        against = ordinary or assessed.is_general or self._rules_say_no(assessed, best)
        is_emergency = tier_rank(best.tier) >= tier_rank("emergency")
        route = limits.route_emergency if is_emergency else limits.route
        ask = limits.ask_emergency if is_emergency else limits.ask
        if likeness >= (limits.route_against if against else route):
            found = Finding(
                best.id,
                f"likeness {likeness:.2f}",
                "backstop",
                Assertion(Status.AFFIRMED, assessed.person, ""),
            )
            return replace(
                assessed,
                tier=best.tier,
                flags=(best.id,),
                tiers={best.id: best.tier},
                findings=(*assessed.findings, found),
            )
        # A general question about the flag is answered with the safety-net line: nothing is left to ask.
        is_answered = best.id in assessed.mentioned
        if likeness >= (limits.ask_against if against else ask) and not is_answered:
            return replace(assessed, ask=(best.id,))
        return assessed

    @staticmethod
    def _rules_say_no(assessed: Assessment, flag: Flag) -> bool:
        """Whether the rules found what explains the flag away, or its features and none of them affirmed."""
        if any(finding.counts and finding.feature in flag.exclude for finding in assessed.findings):
            return True
        about = [finding.counts for finding in assessed.findings if finding.feature in flag.features]
        return bool(about) and not any(about)
