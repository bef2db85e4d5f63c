"""Checks what is said by SMS outside the topic files, and counts the parts of all that is said."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path
from typing import Iterator, Mapping

from ruamel.yaml.error import YAMLError

from backtalk.content.library import load_sources, load_topics
from backtalk.content.prose import sentences, words
from backtalk.content.sms_folding import fold
from backtalk.content.sms_library import (
    Kind,
    SpokenText,
    channel_texts,
    conversation_texts,
    topic_texts,
    triage_texts,
)
from backtalk.content.sms_parts import Segments, segments
from backtalk.content.sms_room import PLACEHOLDER, with_longest_facts
from backtalk.content.sms_rules import sms_faults, three_part_faults, urgent_faults
from backtalk.content.sms_texts import FILE
from backtalk.content.topic_file import Finding
from backtalk.triage.assess import Triage
from backtalk.triage.catalogue import CatalogueError

SENTENCE_WORDS = 20
_FORM = (KeyError, TypeError, AttributeError, ValueError, IndexError, OSError, YAMLError)


def check_sms(data: Path, facts: Mapping[str, str]) -> list[Finding]:
    """Findings on replies between answers, on what the text channel says, and on what triage says.

    A file that has lost its form is one finding; the other checks say more of it.
    """
    findings: list[Finding] = []
    for place, texts in _between_answers(data, facts):
        try:
            findings += [finding for spoken in texts for finding in _check(spoken, facts)]
        except CatalogueError as error:
            findings.append(Finding(place, 1, "catalogue", str(error)))
        except _FORM as error:
            message = f"a part is missing or has a wrong form ({error}). Compare the last change."
            findings.append(Finding(place, 1, "shape", message))
    return findings


def sms_sizes(data: Path, facts: Mapping[str, str], *, longest: bool = False) -> dict[Kind, list[Segments]]:
    """The size of every text that can be sent, with the clinic's facts, or with the longest there may be.

    Raises CatalogueError, KeyError or TypeError for content that `backtalk check` would refuse.
    """
    topics, _ = load_topics(data)
    found: dict[Kind, list[Segments]] = {kind: [] for kind in Kind}
    between = [texts for _, texts in _between_answers(data, facts)]
    for spoken in itertools.chain(topic_texts(topics), *between):
        text = with_longest_facts(spoken.text) if longest else _filled(spoken.text, facts)
        found[spoken.kind].append(segments(fold(text)))
    return found


def parts_counted(sizes: list[Segments]) -> Counter[int]:
    """How many texts have one part, two, and so on."""
    return Counter(size.parts for size in sizes)


def _between_answers(data: Path, facts: Mapping[str, str]) -> Iterator[tuple[Path, Iterator[SpokenText]]]:
    """Folder or file and texts of each kind; reading them may raise what `sms_sizes` raises."""
    topics, _ = load_topics(data)
    sources = load_sources(data / "sources.yml")
    known = [[sources[key] for key in topic.sources if key in sources] for topic in topics]
    named = ["; ".join(f"{source.title} ({source.year})" for source in found) for found in known]
    yield data / "conversation", conversation_texts(data, max(named, key=len, default=""))
    yield data / FILE, channel_texts(data)
    yield data / "triage", _of_triage(data / "triage", facts)


def _of_triage(folder: Path, facts: Mapping[str, str]) -> Iterator[SpokenText]:
    yield from triage_texts(Triage(folder).catalogue, folder, facts)


def _check(spoken: SpokenText, facts: Mapping[str, str]) -> Iterator[Finding]:
    def found(rule: str, message: str) -> Finding:
        return Finding(spoken.file, spoken.line, rule, f"sms: {spoken.name}: {message}")

    unknown = [name for name in PLACEHOLDER.findall(spoken.text) if name not in facts]
    if unknown:
        yield found("placeholder", f"nobody fills {{{unknown[0]}}}.")
        return
    for rule, message in _faults(spoken, facts):
        yield found(rule, message)
    if spoken.kind is Kind.CONVERSATION:
        for sentence in sentences(PLACEHOLDER.sub("X", spoken.written or spoken.text)):
            count = len(words(sentence))
            if count > SENTENCE_WORDS:
                yield found(
                    "sentence", f"{count} words, at most {SENTENCE_WORDS}: {sentence[:60]!r}. Split it."
                )


def _faults(spoken: SpokenText, facts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if spoken.kind is Kind.URGENT:
        return urgent_faults(spoken.text)
    if spoken.written:
        return three_part_faults(spoken.text)
    return sms_faults(spoken.text, facts)


def _filled(text: str, facts: Mapping[str, str]) -> str:
    return re.sub(PLACEHOLDER, lambda match: facts.get(match[1], match[0]), text)
