"""Whose finding it is: the writer's, or that of somebody the writer speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

from backtalk.triage.cues import Cues
from backtalk.triage.message import Message
from backtalk.triage.times import Times, days_of, number_of, times_of_clause

SELF, OTHER, ANYONE = "self", "other", "anyone"
_SHORT_CLAUSE = 8
_MINOR_AGE = 18


@dataclass(frozen=True)
class Person:
    """Who is spoken of: `whose` is SELF, OTHER, or ANYONE where nobody was named so far.

    `is_elder` says that it is an elder of the family, `is_former` that it is a late relative or an ex.
    """

    whose: str
    is_elder: bool = False
    is_former: bool = False


_NOBODY, _WRITER, _SOMEBODY = Person(ANYONE), Person(SELF), Person(OTHER)


def person_of(message: Message, places: Sequence[int], cues: Cues) -> Person:
    """Whose finding it is."""
    last = max(places)
    clause = message.clauses[message.clause_of[min(places)]]
    person = people(message, cues)[last]
    if person.whose == ANYONE:
        after = message.words[last + 1 : min(last + 5, clause.stop)]
        if "my" in after and cues.has(after, "relatives"):
            return _SOMEBODY
    return person


def is_past_of_other(
    message: Message, places: Sequence[int], person: Person, lasts: str, when: Times, cues: Cues
) -> bool:
    """ "my dad had a stroke": yes; "my son had a fit", "he was sick in the night": it is told as now."""
    number = message.clause_of[min(places)]
    texts = message.clause(number)
    if person.whose != OTHER:
        return cues.has(texts, "kin") and ("history" in texts or "runs" in texts)
    if "died" in texts or "history" in texts:
        return True
    if cues.turn_in(message.sentence(message.sentence_of[min(places)]), "died"):
        return True
    dated = when.is_long_ago or times_of_clause(message, number, cues).is_long_ago
    is_long_ago = dated and not cues.has(texts, "is_now")
    if is_long_ago and lasts != "always":
        return True
    is_past = is_long_ago or (cues.has(texts, "past_verbs") and not cues.has(texts, "present"))
    if not is_past or when.is_recent or _is_told_now(message, number, cues):
        return False
    if lasts == "always" or person.is_former or (person.is_elder and len(texts) <= _SHORT_CLAUSE):
        return True
    return bool(cues.turn_in(message.words, "compares"))


def _is_told_now(message: Message, finding_clause: int, cues: Cues) -> bool:
    """Whether another clause tells something present of somebody else: "and now he cannot wake up"."""
    key = ("told now", finding_clause)
    if key not in message.notes:
        spoken_of = people(message, cues)
        message.notes[key] = any(
            number != finding_clause
            and spoken_of[clause.stop - 1].whose == OTHER
            and cues.has(message.clause(number), "is_now")
            for number, clause in enumerate(message.clauses)
        )
    return bool(message.notes[key])


def people(message: Message, cues: Cues) -> Sequence[Person]:
    """For each word, the person spoken of up to there."""
    if "people" not in message.notes:
        person = _NOBODY
        found = message.notes["people"] = []
        for sentence in message.sentences:
            person = _opening(message, sentence, person, cues)
            for position in sentence:
                if message.words[position] in cues.naming:
                    person = _named_at(message, position, person, cues) or person
                found.append(person)
    everyone: Sequence[Person] = message.notes["people"]
    return everyone


def _opening(message: Message, sentence: range, current: Person, cues: Cues) -> Person:
    """Who a sentence is of before it names anyone: "The worst headache of my life" is the writer's."""
    if current.whose == OTHER:
        named = next((at for at in sentence if _named_at(message, at, current, cues)), None)
        if named is not None and message.words[named] == "my":
            return _named_at(message, named, current, cues) or current
    return current


def _named_at(message: Message, position: int, current: Person, cues: Cues) -> Person | None:
    """Who the word at `position` names after `current`; None if nobody."""
    words, word = message.words, message.words[position]
    before = words[position - 1] if position else ""
    if word == "my":
        named = _relative_after(words[position + 1 : position + 7], cues)
        if not named:
            return _WRITER
        return named if before not in cues["beside"] else None
    if word in cues["self_words"]:
        return _WRITER
    if word in cues["other_words"]:
        return current if current.whose == OTHER else _SOMEBODY
    after = words[position + 1] if position + 1 < len(words) else ""
    relative = _relative(word, cues)
    if (
        relative
        and before not in cues["beside"]
        and before not in ("a", "as", "no")
        and after not in cues["speaks"]
    ):
        return Person(OTHER, relative in cues["elders"], before in cues["former"])
    return None


def _relative(text: str, cues: Cues) -> str:
    """ "dad" for "dad" and "dads" (written so for "dad's"); "" for no relative."""
    if text in cues["relatives"]:
        return text
    owner = text.removesuffix("s")
    return owner if owner in cues["relatives"] and text not in cues["born_to_writer"] else ""


def _relative_after(following: Sequence[str], cues: Cues) -> Person | None:
    """ "my dad", "my old dad", "my 8 year old son", "my 7 year old has": them; "my back": None."""
    is_former = False
    for position, text in enumerate(following):
        relative = _relative(text, cues)
        if relative:
            return Person(OTHER, relative in cues["elders"], is_former)
        is_former = is_former or text in cues["former"]
        if text == "ex" and not cues.has(following[position + 1 : position + 2], "after_ex"):
            return Person(OTHER, is_former=True)
        age = number_of(text)
        if age is not None and age < _MINOR_AGE and is_child_by_age(following[position:], cues):
            return _SOMEBODY
        if not (text.isdigit() or age is not None or text in cues["before_relative"] or text == "-"):
            return None
    return None


def is_child_by_age(texts: Sequence[str], cues: Cues) -> bool:
    """Whether "7 year old ..." is a child: "my 7 year old has a fever", not "my 7 year old injury"."""
    rest = [text for text in texts[1:5] if text != "-"]
    if not rest or days_of(rest[0]) is None:
        return rest[:1] == ["yo"] and cues.has(rest[1:2], "after_child")
    if rest[1:2] == ["olds"]:
        return True
    return rest[1:2] == ["old"] and (len(rest) == 2 or rest[2] in cues["after_child"])
