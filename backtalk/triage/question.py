"""Whether a finding is only asked about or supposed: "what are the signs of", "if I lost control"."""

from __future__ import annotations

import itertools
from typing import Sequence

from backtalk.triage.cues import Cues
from backtalk.triage.message import Message


def question(message: Message, places: Sequence[int], cues: Cues) -> str:
    """The word that makes the finding at `places` hypothetical; "" if it is told as there."""
    first, last = min(places), max(places)
    number = message.sentence_of[first]
    for position in _openers(message, number, cues):
        if position < last and _supposes(message, position, first, last, cues):
            return message.words[position]
    return _of_sentence(message, number, message.clause_of[first], cues)


def only_asks(message: Message, cues: Cues) -> bool:
    """Whether every sentence asks about things in general, or supposes them."""
    ends = [sentence.stop - 1 for sentence in message.sentences if len(sentence)]
    return bool(ends) and all(question(message, (end,), cues) for end in ends)


def _openers(message: Message, number: int, cues: Cues) -> Sequence[int]:
    """Where in a sentence something may be supposed: "if", "watch for", "should I worry if"."""
    key = ("openers", number)
    if key not in message.notes:
        opening = cues["watches_for"] | cues["worries_about"] | {"if"}
        message.notes[key] = [p for p in message.sentences[number] if message.words[p] in opening]
    found: Sequence[int] = message.notes[key]
    return found


def _supposes(message: Message, position: int, first: int, last: int, cues: Cues) -> bool:
    """Whether the word at `position` supposes a finding from `first` to `last`."""
    words, text = message.words, message.words[position]
    if text == "if" and _if_ever(words[position : last + 1]):
        return True
    if position >= first:
        return False
    rest = words[position + 1 : message.sentences[message.sentence_of[first]].stop]
    if text in cues["worries_about"]:
        return _if_ever(rest) or not _has_it(rest, cues)
    if text in cues["watches_for"]:
        return not _is_own(rest, cues)
    return (
        message.clause_of[position] == message.clause_of[first]
        and (not position or words[position - 1] not in cues["not_conditional_before"])
        and not cues.has(rest[:1], "not_conditional_after")
        and _is_condition(message, position, first, cues)
    )


def _of_sentence(message: Message, number: int, clause_number: int, cues: Cues) -> str:
    """What makes a whole sentence a question about things in general; the same for all its findings."""
    key = ("question", number, clause_number)
    if key not in message.notes:
        message.notes[key] = _general(message, number, clause_number, cues)
    found: str = message.notes[key]
    return found


def _general(message: Message, number: int, clause_number: int, cues: Cues) -> str:
    texts, clause = message.sentence(number), message.clause(clause_number)
    if texts[:2] == ("is", "it") and cues.has(texts[2:4], "asks_own"):
        return ""  # "is it normal that ...": the writer has it
    told = _without_asking_pronoun(texts, cues)
    is_own = _is_own(told, cues)
    if _opens_question(texts, cues) and not is_own:
        asks_normal = texts[0] in ("is", "are") and cues.has(texts, "asks_own")
        if not (asks_normal and cues.has(texts, "spans")) and not _goes_on_to_tell(message, number, cues):
            return texts[0]
    if not is_own and cues.has(clause, "topic_words"):
        return next(t for t in clause if t in cues["topic_words"])
    return "would" if "would" in clause[:3] and "if" in texts else ""


def _opens_question(texts: Sequence[str], cues: Cues) -> bool:
    """ "when should ...", "what causes ..."; not "When walking, my leg ...", "what came up was blood"."""
    if texts[0] not in cues["asks"]:
        return False
    following = texts[1] if len(texts) > 1 else ""
    if texts[0] in ("when", "where"):
        return following in cues["asks_after_when"]
    return not (texts[0] == "what" and following in cues["tells_after_what"])


def _without_asking_pronoun(texts: Sequence[str], cues: Cues) -> Sequence[str]:
    """ "when should I worry about ...", "how do I know ...": that "I" is nobody's own body."""
    asks_when = texts[0] == "when" or (texts[0] == "how" and cues.has(texts[3:4], "knows"))
    if asks_when and cues.has(texts[1:2], "asks_after_when") and texts[2:3] == ("i",):
        return texts[3:]
    if texts[:2] in (("should", "i"), ("need", "i")) and cues.has(texts[2:4], "worries"):
        return texts[2:]
    return texts


def _goes_on_to_tell(message: Message, number: int, cues: Cues) -> bool:
    """ "Do you treat headaches? Mine began in June": what was asked about is there after all."""
    for later in range(number + 1, min(number + 3, len(message.sentences))):
        texts = message.sentence(later)
        if "mine" in texts[:9]:
            return not cues.has(texts[:9], "all_well") and not cues.has(texts[:9], "rarely")
        if any(one in cues["refers"] and two in cues["onsets"] for one, two in itertools.pairwise(texts)):
            return True
    return False


def _if_ever(texts: Sequence[str]) -> bool:
    """ "if my leg ever goes numb", but not "ever since"."""
    if "ever" not in texts:
        return False
    return texts[texts.index("ever") + 1 :][:1] != ("since",)


def _has_it(texts: Sequence[str], cues: Cues) -> bool:
    """ "should I worry if my leg has gone numb": has it; "if I get a fever after a massage": has not."""
    return cues.has(texts, "own") and cues.has(texts, "has_it") and not cues.has(texts, "not_yet")


def _is_condition(message: Message, cue: int, finding: int, cues: Cues) -> bool:
    """ "if I lost control": yes; "if I bend, my legs go numb": what follows the comma is told."""
    between = message.words[cue + 1 : finding]
    comma = "," in between or "then" in between
    asks = cues.has(message.sentence(message.sentence_of[cue]), "asks_after_if")
    starts_again = sum(word in ("i", "my", "it", "the", "he", "she") for word in between) > 1
    return asks or not (comma or starts_again)


def _is_own(texts: Sequence[str], cues: Cues) -> bool:
    """Whether a sentence speaks of somebody's own body, or of a time: then it is told, not asked."""
    if cues.has(texts, "own"):
        return True
    return any(f"{one}_{two}" in cues["own_pairs"] for one, two in itertools.pairwise(texts))
