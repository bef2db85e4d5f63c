"""Whose finding it is: the writer's, or that of somebody the writer speaks of."""

from __future__ import annotations

from typing import Sequence

from backtalk.triage.message import Message

SELF, OTHER, ANYONE = "self", "other", "anyone"
RELATIVES = frozenset(
    "dad daddy father mum mom mummy mommy mam mother husband hubby wife missus partner boyfriend bf "
    "girlfriend gf "
    "fiance fiancee spouse son daughter child kid baby toddler infant newborn boy girl lad teen teenager "
    "brother "
    "sister bro sis twin gran granny grandma grandmother nan nana nanny grandad grandpa grandfather "
    "granddad aunt "
    "auntie uncle cousin niece nephew friend mate buddy neighbour neighbor colleague coworker flatmate "
    "roommate "
    "housemate client resident gentleman inlaw grandson granddaughter lady man guy bloke woman stepson "
    "stepdaughter stepdad stepmum parent".split()
)
_OTHER_WORDS = frozenset("he she him her his hers himself herself".split())
_SELF_WORDS = frozenset("i me mine myself we us our".split())
_ELDERS = frozenset(
    "dad daddy father mum mom mummy mommy mam mother gran granny grandma grandmother nan nana nanny grandad "
    "grandpa grandfather granddad aunt auntie uncle".split()
)
_BESIDE = frozenset("to with from by at and".split())
_RUNS_IN = frozenset("family relatives families".split())
_SPEAKS = frozenset("said says told thinks reckons".split())
_SHORT_CLAUSE = 8
_PAST = frozenset("had was were died got diagnosed used suffered ended did passed".split())
_PRESENT = frozenset(
    "has is are am have cannot keeps now since today tonight yesterday morning currently still just isnt "
    "says "
    "wakes gets feels looks seems complaining woke ago started suddenly won will does going been".split()
)


def person_of(message: Message, places: Sequence[int], lasts: str) -> tuple[str, bool]:
    """Whose finding it is, and whether it is told as the past of somebody else.

    The person is `self`, `other`, or `anyone` where nobody was named so far.
    """
    words = message.words
    last = max(places)
    clause = words[min(places)].clause
    person, elder = _people(message)[last]
    if person == ANYONE:
        after = [w.text for w in words[last + 1 : last + 5] if w.clause == clause]
        person = OTHER if any(text in RELATIVES for text in after) and "my" in after else ANYONE
    texts = message.clause(clause)
    if (
        person in (SELF, ANYONE)
        and not _RUNS_IN.isdisjoint(texts)
        and ("history" in texts or "runs" in texts)
    ):
        return OTHER, True
    return person, person == OTHER and _is_past(texts, elder, lasts)


def _people(message: Message) -> list[tuple[str, bool]]:
    """For each word: the person spoken of up to there, and whether it is an elder of the family."""
    if "people" not in message.notes:
        words = message.words
        person, elder = ANYONE, False
        people = message.notes["people"] = []
        for position, word in enumerate(words):
            before = words[position - 1].text if position else ""
            if word.text == "my":
                relative = _named_relative([w.text for w in words[position + 1 : position + 7]])
                if not relative:
                    person = SELF
                elif before not in _BESIDE:
                    person, elder = OTHER, relative in _ELDERS
            elif word.text in _SELF_WORDS:
                person = SELF
            elif word.text in _OTHER_WORDS:
                person = OTHER
            elif word.text in RELATIVES and _is_subject(message, position):
                person, elder = OTHER, word.text in _ELDERS
            people.append((person, elder))
    found: list[tuple[str, bool]] = message.notes["people"]
    return found


def _is_past(texts: Sequence[str], elder: bool, lasts: str) -> bool:
    """ "my dad had a stroke": yes; "my son had a fit", "he was sick in the night": it is told as now."""
    if "died" in texts or "history" in texts:
        return True
    past = any(t in _PAST for t in texts) and not any(t in _PRESENT for t in texts)
    return past and (lasts == "always" or (elder and len(texts) <= _SHORT_CLAUSE))


def _is_subject(message: Message, position: int) -> bool:
    """Whether a relative named without "my" is who the message is about."""
    words = message.words
    before = words[position - 1].text if position else ""
    after = words[position + 1].text if position + 1 < len(words) else ""
    return before not in _BESIDE | {"a", "as", "no"} and after not in (
        "said",
        "says",
        "told",
        "thinks",
        "reckons",
    )


def _named_relative(following: Sequence[str]) -> str:
    """ "my dad", "my old dad", "my 8 year old son": that word; "my back": nothing."""
    for text in following:
        if text in RELATIVES:
            return text
        if not (text.isdigit() or text in _BEFORE_RELATIVE):
            return ""
    return ""


_BEFORE_RELATIVE = frozenset(
    "best dear elderly little old older oldest poor younger youngest year yr yo month late big eldest "
    "pregnant "
    "teenage late ex step great 's own aged good close work".split()
)
