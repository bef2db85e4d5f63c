"""How far a request for an appointment has come: a value, and how it is kept between messages."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Callable, Mapping

from backtalk.booking.wanted import NOT_SURE


class Step(str, Enum):
    """The questions, in the order in which they are put."""

    SERVICE = "service"
    TROUBLE = "trouble"  # only after "not sure"
    EXISTING = "existing"
    CONSENT = "consent"
    NAME = "name"
    PHONE = "phone"
    REACH = "reach"
    LEAVE = "leave"
    TIMES = "times"
    NEEDS = "needs"
    SUMMARY = "summary"
    CHANGE = "change"  # only after a no to the summary


ORDER = tuple(step for step in Step if step is not Step.CHANGE)
PERSONAL = (Step.NAME, Step.PHONE, Step.TIMES, Step.NEEDS)  # never written down in clear text
# What may not be written down at all before consent.
IDENTIFYING = (Step.NAME, Step.PHONE, Step.NEEDS)
OPTIONAL = (Step.EXISTING, Step.LEAVE, Step.TIMES, Step.NEEDS)


@dataclass(frozen=True)
class Progress:
    """The answers so far; `answered` has their steps in the order in which they were given.

    An answered step whose value is None was skipped; `reopened` is to be answered anew, before others.
    `phone` is E.164, `consent` an ISO time in UTC.
    """

    answered: tuple[Step, ...] = ()
    service: str | None = None
    trouble: str | None = None
    existing: bool | None = None
    consent: str | None = None
    name: str | None = None
    phone: str | None = None
    reach: str | None = None
    leave: bool | None = None
    times: str | None = None
    needs: str | None = None
    failures: int = 0
    is_changing: bool = False
    reopened: Step | None = None

    @property
    def step(self) -> Step:
        """The question that is open."""
        if self.is_changing:
            return Step.CHANGE
        if self.reopened and not self._is_settled(self.reopened):
            return self.reopened
        return next(step for step in ORDER if not self._is_settled(step))

    def _is_settled(self, step: Step) -> bool:
        if step is Step.TROUBLE and self.service != NOT_SURE:
            return True
        return step in self.answered

    def has(self, step: Step) -> bool:
        """Whether the question was answered or skipped."""
        return step in self.answered

    def value(self, step: Step) -> Any:
        """The answer to `step`; None if there is none."""
        return getattr(self, step.value, None)

    def with_answer(self, step: Step, value: Any) -> Progress:
        """This progress with an answer, or with None for a question that was skipped."""
        answered = (*(one for one in self.answered if one is not step), step)
        changed: dict[str, Any] = {
            "answered": answered,
            "failures": 0,
            "is_changing": False,
            "reopened": None,
        }
        if step is not Step.SUMMARY:
            changed[step.value] = value
        if step is Step.SERVICE:
            changed |= {"trouble": None, "answered": tuple(s for s in answered if s is not Step.TROUBLE)}
        return replace(self, **changed)

    def without(self, step: Step) -> Progress:
        """This progress with the question of `step` open again."""
        answered = tuple(one for one in self.answered if one is not step)
        emptied: dict[str, Any] = {step.value: None, "reopened": step}
        return replace(self, answered=answered, failures=0, is_changing=False, **emptied)

    def as_dict(self, seal: Callable[[str], str]) -> dict[str, Any]:
        """In plain types, for a slot. `seal` encrypts; without consent what identifies is left out."""
        kept = self
        if not self.consent:
            for step in IDENTIFYING:
                if self.has(step):
                    kept = replace(
                        kept.without(step),
                        failures=self.failures,
                        is_changing=self.is_changing,
                        reopened=self.reopened,
                    )
        personal = {step.value: kept.value(step) for step in PERSONAL if kept.value(step) is not None}
        return {
            "step": self.step.value,
            "answered": [step.value for step in kept.answered],
            **{
                step.value: kept.value(step)
                for step in (Step.SERVICE, Step.TROUBLE, Step.EXISTING, Step.CONSENT, Step.REACH, Step.LEAVE)
            },
            "failures": self.failures,
            "is_changing": self.is_changing,
            "reopened": self.reopened.value if self.reopened else None,
            "sealed": seal(json.dumps(personal)) if personal else None,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any], unseal: Callable[[str], str]) -> Progress:
        """What `as_dict` stored. Where `unseal` raises ValueError, what was personal is asked again."""
        try:
            personal = json.loads(unseal(stored["sealed"])) if stored.get("sealed") else {}
        except ValueError:
            personal = {}
        answered = tuple(
            step
            for step in map(Step, stored.get("answered", ()))
            if step not in (Step.NAME, Step.PHONE) or step.value in personal
        )
        plain = {name: stored.get(name) for name in
                 ("service", "trouble", "existing", "consent", "reach", "leave")}  # fmt: skip
        return cls(
            answered=answered,
            **plain,
            **{step.value: personal.get(step.value) for step in PERSONAL},
            failures=int(stored.get("failures", 0)),
            is_changing=bool(stored.get("is_changing")),
            reopened=Step(stored["reopened"]) if stored.get("reopened") else None,
        )


def open_step(stored: Mapping[str, Any]) -> Step:
    """The open question of a stored progress, without decrypting anything."""
    return Step(stored.get("step", Step.SERVICE.value))
