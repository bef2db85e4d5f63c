"""`assess`: from a message, and what was said before, to the red flags that it affirms."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Iterable, Mapping, Sequence

from backtalk.triage.assertion import Asserter, Assertion, Status
from backtalk.triage.catalogue import (
    ROUTED,
    Catalogue,
    CatalogueError,
    load_catalogue,
    read_yaml,
    tier_rank,
)
from backtalk.triage.cues import Cues
from backtalk.triage.facts import numeric_findings
from backtalk.triage.features import load_features
from backtalk.triage.memory import Memory
from backtalk.triage.message import Message, Reader, data_folder
from backtalk.triage.patterns import PatternError, PatternMatcher
from backtalk.triage.people import people
from backtalk.triage.question import only_asks
from backtalk.triage.rules import Counted, flags_met
from backtalk.triage.sequences import Match

NEAR = 8  # words between a finding and what cancels it
REMEMBERED = 32  # messages: the guard and the engine look at the same one


@dataclass(frozen=True)
class Finding:
    """A feature found in a message: the words, the pattern or number behind it, and its assertion."""

    feature: str
    words: str
    pattern: str
    assertion: Assertion
    place: tuple[int, int] = (0, 0)

    @property
    def counts(self) -> bool:
        return self.assertion.status is Status.AFFIRMED


@dataclass(frozen=True)
class Assessment:
    """The result: the highest tier, the flags met (highest tier first), and all findings.

    `ask` holds ids of flags whose clarifying question is worth putting; `mentioned` those that the
    message only asks about; `is_general` says that it only asks or supposes; `person` is whose flags they
    are ("self" or "other"); `memory` is to be handed to the next call.
    """

    tier: str = "none"
    flags: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    ask: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    is_general: bool = False
    person: str = "self"
    memory: Memory = field(default_factory=Memory)
    tiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_routed(self) -> bool:
        """Whether urgent-care messaging takes the place of the normal answer."""
        return self.tier in ROUTED


class Triage:
    """The catalogue with its patterns, ready to assess messages. Immutable; safe to share."""

    def __init__(self, folder: Path) -> None:
        """Load red_flags.yml, words.yml, features/*.yml, assertion.yml. Raises CatalogueError."""
        self.catalogue: Catalogue = load_catalogue(folder / "red_flags.yml")
        self._features = load_features(folder)
        spoken = read_yaml(folder / "assertion.yml")
        self._cues = Cues(spoken)
        try:
            self._matcher = PatternMatcher(
                self._features.words, self._features.patterns, self._features.unless
            )
        except PatternError as error:
            raise CatalogueError(f"{folder / 'features'}: {error}. Mend the pattern.") from error
        phrases = {**spoken["phrases"], **self._features.phrases}
        self._reader = Reader(
            self._matcher.vocabulary
            | self._cues.vocabulary
            | {word for texts in phrases.values() for text in texts for word in text.split()},
            phrases,
        )
        self._asserter = Asserter(self._cues)
        self._examine = lru_cache(maxsize=REMEMBERED)(self._read_and_find)

    def assess(self, text: str, memory: Memory | None = None) -> Assessment:
        """Assess one message. Pure, about a millisecond, never raises on any text."""
        memory = memory or Memory()
        message, findings = self._examine(text)
        counted = self._counted(findings)
        met = flags_met(self.catalogue, counted, self._including(memory.features))
        order = sorted(met, key=lambda name: -tier_rank(met[name][0]))
        highest = met[order[0]] if order else ("none", "self")
        shown = tuple(n for n in order if met[n][0] in ROUTED or highest[0] not in ROUTED)
        return Assessment(
            tier=highest[0],
            flags=shown,
            findings=findings,
            person=highest[1],
            memory=memory.after(((one.feature, one.person) for one in counted), self._features.remembered),
            mentioned=() if met else self._mentioned(findings),
            is_general=only_asks(message, self._cues),
            tiers={name: met[name][0] for name in shown},
        )

    def confirmed(self, flag_id: str, memory: Memory | None = None) -> Assessment:
        """The assessment after a "yes" to the clarifying question of a flag."""
        flag = self.catalogue.flags[flag_id]
        return Assessment(
            tier=flag.tier, flags=(flag_id,), memory=memory or Memory(), tiers={flag_id: flag.tier}
        )

    def _read_and_find(self, text: str) -> tuple[Message, tuple[Finding, ...]]:
        message = self._reader.read(text)
        return message, tuple(self._findings(message))

    def _findings(self, message: Message) -> list[Finding]:
        numbers = numeric_findings(message, self._matcher.groups)
        # Numbers first: where a pattern says the same, the number is what a reader of /why wants to see.
        matches = [*numbers, *self._matcher.find(message)]
        excuses = self._matcher.find_unless(message, matches)
        findings: dict[tuple[object, ...], Finding] = {}
        places, persons = self._places(message), people(message, self._cues)
        for match in matches:
            # The same feature of the same person, told again in the same statement, changes nothing.
            key = (match.name, places[match.first], persons[match.last])
            if key in findings and findings[key].counts:
                continue
            if self._is_cancelled(match, excuses.get(match.name, ()), message):
                continue
            lasts = self._features.lasts.get(match.name, "always")
            assertion = self._asserter.judge(message, match.places, lasts)
            words = message.span(match.first, match.last)
            findings[key] = Finding(match.name, words, match.written, assertion, places[match.first])
        return list(findings.values())

    def _places(self, message: Message) -> list[tuple[int, int]]:
        """For each word its sentence, and how often that turned ("but", "however") before the word."""
        found: list[tuple[int, int]] = []
        for sentence, positions in enumerate(message.sentences):
            buts = 0
            for position in positions:
                buts += message.words[position] in self._cues["contrasts"]
                found.append((sentence, buts))
        return found

    def _is_cancelled(self, match: Match, excuses: Sequence[Match], message: Message) -> bool:
        """Whether an `unless` of the feature explains it: close by, in one statement with it, not denied."""
        return any(
            max(match.first, other.first) - min(match.last, other.last) - 1 <= NEAR
            and self._is_explained(message, match, other)
            and not self._asserter.is_denied(message, other.places)
            for other in excuses
        )

    def _is_explained(self, message: Message, match: Match, other: Match) -> bool:
        """ "shivering because the office is cold", but not "was in the office and now I am shivering"."""
        one, two = message.clause_of[match.first], message.clause_of[other.first]
        if one == two or message.clause_of[match.last] == message.clause_of[other.last]:
            return True
        later = message.clauses[min(one, two) + 1].start
        is_one_sentence = message.sentence_of[match.first] == message.sentence_of[other.first]
        return abs(one - two) <= 2 and is_one_sentence and message.words[later] in self._cues["explains"]

    def _mentioned(self, findings: Sequence[Finding]) -> tuple[str, ...]:
        """The routed flags that would be met if what is only asked about were so."""
        asked = (Status.AFFIRMED, Status.HYPOTHETICAL)
        met = flags_met(self.catalogue, self._counted(findings, asked), frozenset())
        return tuple(sorted(name for name, (tier, _) in met.items() if tier in ROUTED))

    def _counted(
        self, findings: Sequence[Finding], statuses: Sequence[Status] = (Status.AFFIRMED,)
    ) -> set[Counted]:
        """Every affirmed finding (or those of `statuses`), and what it includes."""
        counted = set()
        for finding in findings:
            if finding.assertion.status in statuses:
                for feature in (finding.feature, *self._features.implies.get(finding.feature, ())):
                    counted.add(Counted(feature, finding.assertion.person, finding.place))
        return counted

    def _including(self, remembered: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """What is remembered with what it includes: back pain is spine pain too."""
        return frozenset(
            (feature, person)
            for name, person in remembered
            for feature in (name, *self._features.implies.get(name, ()))
        )


@lru_cache(maxsize=1)
def shipped_triage() -> Triage:
    """The triage of the project's own catalogue, loaded once."""
    return Triage(data_folder())


def assess(text: str, memory: Memory | None = None) -> Assessment:
    """Assess `text` with the project's own catalogue; see `Triage.assess`."""
    return _assess_alone(text) if memory is None else shipped_triage().assess(text, memory)


@lru_cache(maxsize=REMEMBERED)
def _assess_alone(text: str) -> Assessment:
    return shipped_triage().assess(text)
