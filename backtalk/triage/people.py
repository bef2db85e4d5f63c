"""Whose finding it is: the writer's, or that of somebody the writer speaks of."""

from __future__ import annotations

from typing import Sequence

from backtalk.triage.message import Message

SELF, OTHER = "self", "other"
RELATIVES = frozenset(
    "dad daddy father mum mom mummy mommy mam mother husband hubby wife missus partner boyfriend bf "
    "girlfriend gf "
    "fiance fiancee spouse son daughter child kid baby toddler infant newborn boy girl lad teen teenager "
    "brother "
    "sister bro sis twin gran granny grandma grandmother nan nana nanny grandad grandpa grandfather "
    "granddad aunt "
    "auntie uncle cousin niece nephew friend mate buddy neighbour neighbor colleague coworker flatmate "
    "roommate "
    "housemate client resident patient inlaw grandson granddaughter lady man guy bloke woman stepson "
    "stepdaughter stepdad stepmum parent".split()
)
_OTHER_WORDS = frozenset("he she him her his hers himself herself".split())
_SELF_WORDS = frozenset("i me mine myself we us our".split())
_PAST = frozenset("had was were died got diagnosed used suffered ended did passed".split())
_PRESENT = frozenset(
    "has is are am have cannot keeps now since today tonight yesterday morning currently still just isnt "
    "says "
    "wakes gets feels looks seems complaining woke ago started suddenly won will does going been".split()
)


def person_of(message: Message, places: Sequence[int]) -> tuple[str, bool]:
    """`self` or `other`, and whether it is told as the past of somebody else."""
    words = message.words
    last = max(places)
    clause = words[min(places)].clause
    person, said_at = SELF, -1
    for position, word in enumerate(words[: last + 1]):
        following = [w.text for w in words[position + 1 : position + 4]]
        if word.text == "my":
            person, said_at = (OTHER if _names_relative(following) else SELF), position
        elif word.text in _SELF_WORDS:
            person, said_at = SELF, position
        elif word.text in _OTHER_WORDS or (
            word.text in RELATIVES and (position == 0 or words[position - 1].text not in ("a", "as", "the"))
        ):
            person, said_at = OTHER, position
    if person == SELF and said_at < 0:
        after = [w.text for w in words[last + 1 : last + 8] if w.clause == clause]
        person = OTHER if any(text in RELATIVES for text in after[:4]) and "my" in after else SELF
    texts = [word.text for word in words if word.clause == clause]
    runs_in_family = any(text in ("family", "relatives", "hereditary", "genetic") for text in texts)
    is_past = person == OTHER and any(t in _PAST for t in texts) and not any(t in _PRESENT for t in texts)
    return (OTHER, True) if runs_in_family and person == SELF and "history" in texts else (person, is_past)


def _names_relative(following: Sequence[str]) -> bool:
    """ "my dad", "my old dad", "my 8 year old son": yes; "my back": no."""
    for text in following:
        if text in RELATIVES:
            return True
        if not (text.isdigit() or text in _BEFORE_RELATIVE):
            return False
    return False


_BEFORE_RELATIVE = frozenset(
    "best dear elderly little old older oldest poor younger youngest year yr yo month late big eldest "
    "pregnant "
    "teenage late ex step great 's own aged good close work".split()
)
