"""What triage remembers of earlier messages of a conversation.

A fact about a person (pregnant, cancer before, a blood thinner, an accident) is remembered for the whole
conversation, a complaint (headache, back pain, fever) for the next COMPLAINT_MESSAGES messages: whoever
told of a headache ten messages ago and now asks about something else may no longer have it. Which feature
is which is said in data/triage/features under `remembered`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

COMPLAINT_MESSAGES = 6
FACT, COMPLAINT = "fact", "complaint"


@dataclass(frozen=True)
class Memory:
    """`facts` are (feature, person); `complaints` are (feature, person) -> messages it is still kept for."""

    facts: frozenset[tuple[str, str]] = frozenset()
    complaints: Mapping[tuple[str, str], int] | None = None

    @property
    def features(self) -> frozenset[tuple[str, str]]:
        """Every (feature, person) that is remembered."""
        return self.facts | (self.complaints or {}).keys()

    def after(self, told: Iterable[tuple[str, str]], kinds: Mapping[str, str]) -> Memory:
        """The memory after one more message, which affirmed `told`.

        `kinds` has FACT or COMPLAINT for each feature that is remembered at all.
        """
        told = set(told)
        complaints = [key for key in told if kinds.get(key[0]) == COMPLAINT]
        left = {key: count - 1 for key, count in (self.complaints or {}).items() if count > 1}
        left.update(dict.fromkeys(complaints, COMPLAINT_MESSAGES))
        return Memory(self.facts | {key for key in told if kinds.get(key[0]) == FACT}, left)

    def stored(self) -> list[list[Any]]:
        """In plain types: [feature, person] for a fact, [feature, person, messages left] for a complaint."""
        complaints = [[*key, count] for key, count in (self.complaints or {}).items()]
        return sorted([list(key) for key in self.facts]) + sorted(complaints)

    @classmethod
    def of(cls, stored: Sequence[Sequence[Any]]) -> Memory:
        """What `stored` made."""
        facts = frozenset((name, person) for name, person, *left in stored if not left)
        return cls(facts, {(name, person): left[0] for name, person, *left in stored if left})
