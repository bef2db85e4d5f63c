"""Whether a finding is denied: "no numbness", "bladder: fine", "chills? no".

What only looks like a denial is told apart here too: "can't feel", "not only", "no better", "no numbness,
well, a bit round my bum".
"""

from __future__ import annotations

import itertools
from typing import Sequence

from backtalk.triage.cues import Cues
from backtalk.triage.message import Message

REACH = 12  # words that a denial may stand before what it denies
AFTER = 5  # words within which "fine", "none" may follow it
_MARKS = frozenset(",;:-(")
_ENDS = frozenset(".!?")


def denial(message: Message, places: Sequence[int], cues: Cues) -> str:
    """The word that denies the finding at `places`; "" if nothing does."""
    return _denied_before(message, places, cues) or _denied_after(message, max(places), cues)


def _denied_before(message: Message, places: Sequence[int], cues: Cues) -> str:
    words, clause_of, denies = message.words, message.clause_of, cues["denies"]
    first, last = min(places), max(places)
    clauses = {clause_of[place] for place in places}
    for position in range(max(0, first - REACH, message.sentences[message.sentence_of[first]].start), last):
        if words[position] not in denies or position in places or clause_of[position] not in clauses:
            continue
        if _is_no_denial(message, position, places, cues):
            continue
        if position > first:
            return words[position]
        if _starts_anew(words[position + 1 : last]):
            continue
        if _reaches(message, position, first, cues):
            within = words[first:last]
            is_said_anew = "well" in within or (len(clauses) > 1 and cues.has(within, "said_anew"))
            return "" if is_said_anew or _is_taken_back(message, last, cues) else words[position]
    return ""


def _is_no_denial(message: Message, position: int, places: Sequence[int], cues: Cues) -> bool:
    """ "not only", "no better", "not the usual": a denial that denies nothing here."""
    words = message.words
    following = words[position + 1 : position + 4]
    before = words[position - 1] if position else ""
    if not following or (words[position] == "no" and following[0] in _MARKS):
        return True  # "but no, it is numb": an answer, not "no numbness"
    if words[position] == "never" and following[0] in ("had", "been", "felt", "experienced", "in"):
        # "I never had a headache like this": the finding is there, and new.
        return cues.has(words[position : position + 10], "first_time")
    if words[position] == "without" and cues.has(words[max(0, position - 8) : position], "twice_denied"):
        return True  # "I can't cough without pain"
    if following[0] == "getting" and any(position < place <= position + 3 for place in places):
        return False  # "not getting weaker" denies that it gets weaker, and nothing else
    if following[0] in ("the", "my", "a", "his", "her", "been") and cues.has(following[1:], "not_the_usual"):
        return True
    return following[0] in cues["not_denied_after"] or before in cues["not_denied_before"]


def _reaches(message: Message, cue: int, finding: int, cues: Cues) -> bool:
    """Whether a denial at `cue` carries on to `finding`: through a list, not into a new statement."""
    between = message.words[cue + 1 : finding]
    commas = [i for i, word in enumerate(between) if word in _MARKS]
    if not commas:
        return True
    clause = message.clauses[message.clause_of[finding - 1]]
    item = [*between[commas[-1] + 1 :], *message.words[finding : min(finding + 8, clause.stop)]]
    return not cues.has(item, "affirms")


def _starts_anew(texts: Sequence[str]) -> bool:
    """ "standing no pain and flat on my back it is agony": a statement of its own, without a comma."""
    return any(
        one in ("it", "i", "he", "she") and two in ("is", "has", "am", "have")
        for one, two in itertools.pairwise(texts)
    )


def _is_taken_back(message: Message, last: int, cues: Cues) -> bool:
    """ "no numbness, well, a bit"; "no pain unless I breathe"; "no leaks. Actually yes": it is there."""
    words = message.words
    end = message.sentences[message.sentence_of[last]].stop
    rest = words[last + 1 : min(end, last + 8)]
    for position, word in enumerate(rest):
        before = rest[position - 1] if position else ""
        after = rest[position + 1] if position + 1 < len(rest) else ""
        if word in cues["takes_back"] and (before in _MARKS or word in ("unless", "except")):
            return word != "actually" or after in cues["admits"]
        if word == "more" and before in _MARKS and after in ("a", "of", "like"):
            return True  # "not chest pain as such, more of a crushing"
        if word in ("only", "just") and after in ("when", "if", "at", "on"):
            return True
        if word in ("much", "badly", "lots"):
            return position == 0  # "not bleeding much"
    if end - last > 8 or end == len(words):
        return False
    opening = words[end : end + 3]
    if opening[0] in ("well", "although"):
        return True
    return opening[0] in ("actually", "ok", "okay") and cues.has(opening[1:], "admits")


def _denied_after(message: Message, last: int, cues: Cues) -> str:
    """ "numbness: none", "bladder is fine", "chills? no": that word."""
    words, clause = message.words, message.clause_of[last]
    if cues.has(message.sentence(message.sentence_of[last])[:1], "asks_if_normal"):
        return ""  # "is a headache normal when ..."
    if words[last + 1 : last + 2] in (("?",), (",",), (":",)) and len(words) > last + 2:
        answer, then = words[last + 2], words[last + 3 : last + 4]
        if answer in ("no", "nope", "none", "never", "nah", "not") and (
            not then or then[0] in _MARKS | _ENDS
        ):
            return answer
    for position in range(last + 1, min(last + AFTER, message.clauses[clause].stop)):
        between = words[last + 1 : position]
        if words[position] not in cues["all_well"] or cues.has(between, "denies"):
            continue
        is_remark = between[-1:] in ((",",), (";",)) and words[position] in ("ok", "okay", "good")
        if (
            is_remark
            or _names_another(between, cues)
            or not _ends_there(words[position + 1 : position + 8], cues)
        ):
            return ""
        return words[position]
    return ""


def _names_another(between: Sequence[str], cues: Cues) -> bool:
    """ "numb, bladder fine": what is fine is another thing."""
    item: list[str] = []
    for word in between:
        item = [] if word in _MARKS else [*item, word]
    after_mark = len(item) < len(between)
    return cues.has(between, "other_things") or (
        after_mark and any(word not in cues["link"] for word in item)
    )


def _ends_there(following: Sequence[str], cues: Cues) -> bool:
    """ "is normal." but not "normal?", "normal strength", "fine otherwise", "fine for years, then"."""
    following, later = following[:2], following[2:]
    if "for" in following and cues.has(later, "until_then"):
        return False
    if not following or following[0] in _MARKS | {".", "!"}:
        return not cues.has(following, "other_things")
    return following[0] in cues["after_well"] and not cues.has(following, "other_things")
