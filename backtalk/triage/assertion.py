"""Whether a finding is affirmed: not denied, only asked about, over, or somebody else's past.

The idea of ConText (Harkema 2009): cue words with a reach, cut at clause borders. What counts is the
project's labelling rules; in doubt a finding counts.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum
from typing import Mapping, Sequence

from backtalk.triage.message import Message
from backtalk.triage.people import person_of
from backtalk.triage.times import Times, times_near

REACH = 12  # words that a denial may stand before what it denies


class Status(str, Enum):
    """What a message says of a finding. Only AFFIRMED counts."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    FAMILY = "family history"


@dataclass(frozen=True)
class Assertion:
    """The status, whose finding it is (`self` or `other`), and the cue that decided, for people."""

    status: Status
    person: str
    cue: str


class Asserter:
    """Decides about findings; `cues` are the word lists of assertion.yml."""

    def __init__(self, cues: Mapping[str, str]) -> None:
        self._cues = {name: frozenset(words.split()) for name, words in cues.items()}

    def judge(self, message: Message, places: Sequence[int], lasts: str) -> Assertion:
        """The assertion of a finding at word positions `places`.

        `lasts` says how long the finding matters once it is over: "now", "always", or "days N".
        """
        person, is_past_of_other = person_of(message, places, lasts)
        denial = self._denial(message, places)
        if denial:
            return Assertion(Status.NEGATED, person, denial)
        question = self._hypothetical(message, places)
        if question:
            return Assertion(Status.HYPOTHETICAL, person, question)
        if lasts == "always":
            return Assertion(Status.FAMILY if is_past_of_other else Status.AFFIRMED, person, "")
        when = times_near(message, places)
        over = self._over(message, places, when, lasts)
        if over:
            return Assertion(Status.HISTORICAL, person, over)
        if is_past_of_other and not when.is_recent:
            return Assertion(Status.FAMILY, person, "past of someone else")
        return Assertion(Status.AFFIRMED, person, "")

    def _denial(self, message: Message, places: Sequence[int]) -> str:
        words, taken = message.words, set(places)
        first, last = min(places), max(places)
        clauses = {words[place].clause for place in places}
        for position in range(max(0, first - REACH), last):
            word = words[position]
            if word.text not in self._cues["denies"] or position in taken:
                continue
            if word.clause not in clauses or self._is_no_denial(message, position):
                continue
            if position > first or self._reaches(message, position, first):
                return word.text
        after = [w for w in words[last + 1 : last + 6] if w.clause in clauses]
        for word in after[:4]:
            if word.text in self._cues["all_well"] and not self._has(after[:2], "denies"):
                return word.text
        return ""

    def _is_no_denial(self, message: Message, position: int) -> bool:
        """ "not only", "no better", "not sure": a denial that denies nothing here."""
        words = message.words
        following = words[position + 1].text if position + 1 < len(words) else ""
        before = words[position - 1].text if position else ""
        if words[position].text == "never" and following in ("had", "been", "felt", "experienced"):
            # "I never had a headache like this": the finding is there, and new.
            return any(w.text in ("like", "before", "until", "this") for w in words[position : position + 9])
        return following in self._cues["not_denied_after"] or before in self._cues["not_denied_before"]

    def _reaches(self, message: Message, cue: int, finding: int) -> bool:
        """Whether a denial at `cue` carries on to `finding`: through a list, not into a new statement."""
        between = message.words[cue + 1 : finding]
        commas = [i for i, word in enumerate(between) if word.text in (",", ";", "-", "(", ":")]
        if not commas:
            return True
        item = [word.text for word in between[commas[-1] + 1 :]]
        item += [w.text for w in message.words[finding : finding + 8] if w.clause == between[-1].clause]
        return not any(text in self._cues["affirms"] for text in item)

    def _hypothetical(self, message: Message, places: Sequence[int]) -> str:
        words = message.words
        first = min(places)
        number = words[first].sentence
        texts, clause = message.sentence(number), message.clause(words[first].clause)
        start = message.start_of(number)
        for position in range(start, first):
            text = words[position].text
            if text in self._cues["watches_for"] and not self._is_own(texts[position - start :]):
                return text
            if text == "if" and words[position].clause == words[first].clause:
                before = words[position - 1].text if position else ""
                if before not in self._cues["not_conditional_before"] and self._is_condition(
                    message, position, first
                ):
                    return "if"
        if texts[:2] == ["is", "it"] and any(text in self._cues["asks_own"] for text in texts[2:4]):
            return ""  # "is it normal that ...": the writer has it
        is_own = self._is_own(texts)
        if texts and texts[0] in self._cues["asks"] and not is_own:
            return texts[0]
        if not is_own and not self._cues["topic_words"].isdisjoint(clause):
            return next(t for t in clause if t in self._cues["topic_words"])
        if "would" in clause[:3] and "if" in texts:
            return "would"
        return ""

    def _is_condition(self, message: Message, cue: int, finding: int) -> bool:
        """ "if I lost control": yes; "if I bend, my legs go numb": what follows the comma is told."""
        between = message.words[cue + 1 : finding]
        comma = any(word.text in (",", "then") for word in between)
        sentence = message.sentence(message.words[cue].sentence)
        asks = any(text in self._cues["asks_after_if"] for text in sentence)
        starts_again = sum(word.text in ("i", "my", "it", "the", "he", "she") for word in between) > 1
        return asks or not (comma or starts_again)

    def _is_own(self, texts: Sequence[str]) -> bool:
        """Whether a sentence speaks of somebody's own body, or of a time: then it is told, not asked."""
        if not self._cues["own"].isdisjoint(texts):
            return True
        return any(f"{one}_{two}" in self._cues["own_pairs"] for one, two in itertools.pairwise(texts))

    def _over(self, message: Message, places: Sequence[int], when: Times, lasts: str) -> str:
        words = message.words
        first, last = min(places), max(places)
        near = [w for w in words[max(0, first - 8) : last + 10] if w.clause == words[first].clause]
        following = [w.text for w in words[last + 1 : last + 10] if w.sentence - words[last].sentence < 2]
        goes_on = self._has(near, "goes_on")
        limit = int(lasts.split()[1]) if lasts.startswith("days") else 0
        if when.days_ago is not None and when.days_ago > (limit or 60):
            return "" if goes_on else when.words
        before = [w.text for w in words[max(0, first - 8) : first] if w.clause == words[first].clause]
        if any(text in self._cues["used_to"] for text in before) and not goes_on:
            return next(text for text in before if text in self._cues["used_to"])
        gone = "" if goes_on else self._gone(following[:8])
        if gone and limit and (when.is_recent or when.days_ago is None or when.days_ago <= limit):
            return ""
        return gone

    def _gone(self, following: Sequence[str]) -> str:
        """The word that says that it is over: "gone now", but not "has not gone", "gone numb"."""
        for position, text in enumerate(following):
            before = following[max(0, position - 2) : position]
            after = following[position + 1 : position + 2]
            if text not in self._cues["gone"] or any(t in self._cues["denies"] for t in before):
                continue
            if any(t in ("second", "minute", "moment", "was", "were") for t in before):
                continue
            if text != "gone" or not after or after[0] in self._cues["after_gone"]:
                return text
        return ""

    def _has(self, words: Sequence[object], cue: str) -> bool:
        return any(getattr(word, "text", word) in self._cues[cue] for word in words)
