"""Whether a finding is over: "I used to", "in 2009", "the numbness has gone"."""

from __future__ import annotations

from typing import Sequence

from backtalk.triage.cues import Cues
from backtalk.triage.message import Message
from backtalk.triage.times import LONG, Times

BEFORE, AFTER = 8, 14  # words around a finding that may say that it is over, or goes on
SAME_STEM = 4  # letters in which "numb" and "numbness" agree
_MARKS = frozenset(",;:-(.!?")
_SENTENCE_ENDS = frozenset(".!?")
_ASKS = frozenset("is are was will can does do did should if".split())


def over(message: Message, places: Sequence[int], when: Times, lasts: str, cues: Cues) -> str:
    """The words that say that the finding at `places` is over; "" if it counts as there.

    `lasts` is "now", or "days N": a finding that counts for N days after it has gone.
    """
    first, last = min(places), max(places)
    words, clause = message.words, message.clauses[message.clause_of[first]]
    end = message.sentences[min(message.sentence_of[last] + 1, len(message.sentences) - 1)].stop
    following = words[last + 1 : min(last + 1 + AFTER, end)]
    limit = int(lasts.split()[1]) if lasts.startswith("days") else 0
    is_long_ago = when.days_ago is not None and when.days_ago > (limit or LONG)
    if _goes_on(message, first, last, is_long_ago, cues) or _comes_back(following, cues):
        return ""
    near = words[max(clause.start, first - BEFORE) : message.clauses[message.clause_of[last]].stop]
    says_since_when = cues.has(near, "begins") and not cues.has(near, "past_verbs")
    if is_long_ago and not says_since_when:
        return when.words
    before = words[max(clause.start, first - BEFORE) : first]
    used = next((text for text in before if text in cues["used_to"]), "")
    if used and not _goes_on_later(following, cues):
        return used
    gone = _gone(following, words[first : last + 1], cues)
    if gone and limit and (when.is_recent or when.days_ago is None or when.days_ago <= limit):
        return ""
    return gone


def _goes_on(message: Message, first: int, last: int, is_long_ago: bool, cues: Cues) -> bool:
    """ "since 2009", "keeps coming back", "worse every week": but not "all the pain back in 2009"."""
    words = message.words
    start = max(message.clauses[message.clause_of[first]].start, first - BEFORE)
    near = words[start : min(message.clauses[message.clause_of[last]].stop, last + 10)]
    is_present = not cues.has(near, "past_verbs") and (not is_long_ago or cues.has(near, "present_verbs"))
    if is_present and cues.has(near, "goes_on_if_present"):
        return True
    for position, word in enumerate(near):
        if word not in cues["goes_on"]:
            continue
        before, after = near[max(0, position - 3) : position], near[position + 1 : position + 3]
        is_over = any(cues.has(before, name) for name in ("gone", "well", "denies", "nothing"))
        if not is_over and not (word == "now" and _is_other_now(before, after, cues)):
            return True
    return False


def _comes_back(following: Sequence[str], cues: Cues) -> bool:
    """ "in 2016, and it has come back", but not "the feeling came back"."""
    turn = cues.turn_in(following, "comes_back")
    if not turn or cues.turn_in(following, "over"):
        return False
    return not cues.has(following[: following.index(turn.split()[0])], "comes_back_well")


def _is_other_now(before: Sequence[str], after: Sequence[str], cues: Cues) -> bool:
    """ "fine now", "now just a stiff neck", "I'm 63 now": that now is not of the finding."""
    near = (*before[-1:], *after[:2])
    return any(word in cues["other_now"] or word.isdigit() for word in near)


def _goes_on_later(following: Sequence[str], cues: Cues) -> bool:
    """ "used to be monthly, now it's nearly every day"."""
    if "now" not in following:
        return False
    later = following[following.index("now") + 1 :]
    return cues.has(later, "goes_on_if_present") and not cues.has(later, "well")


def _gone(following: Sequence[str], finding: Sequence[str], cues: Cues) -> str:
    """What says that it went: "has gone now", but not "has not gone", "gone numb", "otherwise fine"."""
    turn = cues.turn_in(following, "over")
    if turn:
        before = following[: following.index(turn.split()[0])]
        if _is_of_finding(before, finding, cues) and not _goes_on_after(following, turn.split()[-1], cues):
            return turn
    for position, text in enumerate(following):
        is_gone = text in cues["gone"]
        if not is_gone and text not in cues["well"]:
            continue
        before, after = following[:position], following[position + 1 : position + 3]
        if cues.has(before[-3:], "denies") or cues.has(before[-2:], "not_yet_gone"):
            continue
        if (is_gone and after and after[0] not in cues["after_gone"]) or cues.has(before, "by_doing"):
            continue
        if not is_gone and (
            cues.has(before, "other_things") or cues.has(before, "tests") or not _is_well(after, cues)
        ):
            continue
        if not _is_of_finding(before, finding, cues):
            continue
        if _is_about(text, before, after, finding, cues) and not _goes_on_after(following, text, cues):
            return text
    return ""


def _is_well(after: Sequence[str], cues: Cues) -> bool:
    """ "fine now", "better." but not "better than", "normal?", "fine otherwise"."""
    return not after or (after[0] in cues["after_gone"] and not cues.has(after, "other_things"))


def _is_about(
    gone: str, before: Sequence[str], after: Sequence[str], finding: Sequence[str], cues: Cues
) -> bool:
    """Whether what has gone is the finding, and not another thing: "the headache has gone"."""
    if gone in cues["well"] and before and before[-1] in _MARKS:
        return cues.has(after, "now_again")  # "numb, fine again", but not "numb, ok?"
    for word in reversed(before):
        if word in _MARKS:
            return True
        if word in cues["link"]:
            continue
        if word in ("i", "he", "she", "we"):
            return cues.has(after, "now_again")
        if word in cues["it"]:
            return True
        return any(word[:SAME_STEM] == told[:SAME_STEM] for told in finding if len(told) >= SAME_STEM)
    return True


def _is_of_finding(before: Sequence[str], finding: Sequence[str], cues: Cues) -> bool:
    """Whether a next sentence is still about the finding: "It has gone", but not "is heat good for that"."""
    ends = [place for place, word in enumerate(before) if word in _SENTENCE_ENDS]
    if not ends:
        return True
    opening = before[ends[-1] + 1 :]
    if opening[:1] and opening[0] in _ASKS:
        return False
    stems = {told[:SAME_STEM] for told in finding if len(told) >= SAME_STEM}
    return all(
        word in cues["it"]
        or word in cues["link"]
        or word in _MARKS
        or word[:SAME_STEM] in stems
        or word == "the"
        for word in opening
    )


def _goes_on_after(following: Sequence[str], gone: str, cues: Cues) -> bool:
    """ "better today, but it still aches"."""
    rest = following[following.index(gone) + 1 :]
    return "but" in rest[:6] and cues.has(rest, "goes_on")
