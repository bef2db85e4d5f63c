"""The index of the pages: how to read them, every flag by tier and area, and how to sign off."""

from __future__ import annotations

from typing import Iterator, Mapping, Sequence

from backtalk.triage.advice import AdviceTexts
from backtalk.triage.catalogue import TIERS, Catalogue, Flag, tier_rank
from backtalk.triage.pages.check_page import CHECK, CheckPage
from backtalk.triage.pages.reading import quoted
from backtalk.triage.pages.sign_off import sign_off_of

INDEX = "README.md"
_TOLD = {
    "crisis": "Talk to somebody now, or call an ambulance. It takes the place of the normal answer.",
    "emergency": "Call an ambulance now, or go to an emergency department. It takes the place of the normal "
    "answer.",
    "urgent": "Be seen or called back by a doctor today. It takes the place of the normal answer.",
    "soon": "See a doctor or physiotherapist within two weeks. It is added below the normal answer.",
}
_HOW = """\
## How to read a page

- **A finding** is one thing told in a message, such as "fever". The software knows it by wordings
  collected beforehand. **A sign** (a red flag) is met by the findings that its page lists.
- A finding counts when it is told as present. "I think", "maybe" and "is it normal that I ..." count.
  These do not: "no fever", "what are the signs of ...", "if I had ...", what is over, and family history.
- What somebody else has now counts like one's own. Findings of two people are never added up.
- At least one finding must be in the newest message. Some are remembered from earlier ones; the page
  names them.
- **While it is there** means: until the message says that it has gone, or was more than 60 days ago.
- A finding that explains another away does so only within one sentence.
- If several signs are met, the patient reads the text of the most serious one.
- **Rules and detector.** The pages describe the rules. A statistical detector stands beside them. Where a
  message is like the examples but fits no rule, it can raise a sign or put its question. It never takes
  away what the rules found. Nobody can read its reasons as one reads a page.
- **Examples** that do not behave as they should are not shown, so they look better than the software is.
  The line above them says how many were found. How well new messages are sorted is in [decision
  0009](../decisions/0009-the-backstop-may-route.md), what can go wrong in the [hazard
  log](../hazards.md).
"""
_SIGNING = """\
## How to sign off

You need no technical tools. [Clinical review](../clinical-review.md#signing-off-a-red-flag) has the
steps.

1. Read the page. Is the tier right? Does it take too much, or too little, to meet the sign? Is the advice
   safe?
2. If something is wrong, write down the page's title and what it should say. Do not sign it.
3. If it is right, send your full name, profession and registration number, the date, and the **page
   code** from the end of the page.

The signature covers everything above "Example messages", but not the phone numbers. If any of that
changes later, the page says "not signed off: changed since". The wordings that the software looks for
change often and are not covered.
"""


def index(
    catalogue: Catalogue,
    codes: Mapping[str, str],
    texts: AdviceTexts,
    facts: Mapping[str, str],
    check: CheckPage,
) -> str:
    """The index page; `codes` are the page codes by flag. Raises CatalogueError for a broken sign-off."""
    signed = [name for name, flag in catalogue.flags.items() if sign_off_of(flag).holds_for(codes[name])]
    parts = [
        "# Red flags for clinicians",
        "These pages are made from the catalogue by `backtalk review clinical`. Do not edit them.",
        f"Catalogue version {catalogue.version}. {len(catalogue.flags)} signs, {len(signed)} of them signed "
        "off. The order is from the most serious tier to the least.",
        f"The phone numbers in the texts are those of {facts['clinic_name']}, from `clinic.yml`.",
        _HOW.strip(),
        *_tiers(catalogue, codes),
        "## The symptom check",
        f"[Its questions and texts]({CHECK}) are {check.sign_off_in_words(facts)}.",
        "## Texts that belong to no single sign",
        "Put when a message comes close to a sign, on the website and by text message:",
        *_shared(texts, next(iter(catalogue.flags.values()))),
        _SIGNING.strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _tiers(catalogue: Catalogue, codes: Mapping[str, str]) -> Iterator[str]:
    for tier in sorted(TIERS, key=tier_rank, reverse=True):
        flags = [flag for flag in catalogue.flags.values() if flag.tier == tier]
        if flags:
            yield f"## {tier.capitalize()} ({len(flags)})"
            yield _TOLD[tier]
            yield _table(sorted(flags, key=lambda flag: flag.region), codes)


def _table(flags: Sequence[Flag], codes: Mapping[str, str]) -> str:
    rows = [
        f"| {flag.region} | [{flag.title}]({flag.id}.md) | {sign_off_of(flag).in_words(codes[flag.id])} |"
        for flag in flags
    ]
    return "\n".join(["| Area | Sign | Signed off |", "|---|---|---|", *rows])


def _shared(texts: AdviceTexts, flag: Flag) -> Iterator[str]:
    for channel in ("web", "sms"):
        yield quoted(texts.ask(flag.id, channel).replace(flag.clarify, "(the question of the sign)"))
    yield "Below an answer to a general question about warning signs:"
    for channel in ("web", "sms"):
        yield quoted(texts.safety_net(channel))
