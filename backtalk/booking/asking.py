"""Whether a message about booking asks to begin now ("book me in please") or how it is done ("how do I book")."""

from __future__ import annotations

import re

from backtalk.understanding.text import normalise

_VISIT = r"(?:appoint?m?e?nt|appointments?|apointment|appoitment|appt|apt|appt\.|booking|visit|session|slot|time|consultation|check ?up)s?"
_DO = r"(?:book|bok|make|get|have|arrange|schedule|shedule|set up|reserve|resurve|request|see|come in|come and see|come for|come back|be seen|sort out)"
_INFORMS = re.compile(
    r"\bhow (?:do|does|can|could|would|should|to|i|we|soon|long|far|is|dyou|d'you|much)\b|\bhow\?|"
    r"\bdo (?:i|we) (?:have|need) to\b|\bor (?:do|must|have) i\b|\b(?:must i|should i)\b|walk[- ]?ins?\b|"
    r"\bwaiting (?:list|time)|\bthe wait\b|whats the wait|\bis it possible to book online\b|\bonline or\b|"
    r"^(?:what|when|wen|where|who|which|why|does|do you|did|is there|are there|are you|is your|any|have you|got any|"
    r"do u|wot|hiya got)\b|"
    r"\b(?:information|info) (?:about|on)\b|\bphone or\b|\bor (?:online|by phone|ring|call|phone)\b|\bthrough this chat\b"
)
_BEGINS = re.compile(
    rf"\b(?:book|pencil|squeeze|fit|slot) (?:me|us|my \w+|him|her)(?: \w+)? ?(?:in|up|down|on|an?|for|with|seen)\b|\b(?:sign|get) (?:me|us) (?:in|up)\b|\bget (?:me|us) (?:an? |in )|(?<!has )(?<!have )(?<!had )\bput (?:me|us) (?:in|down) for|"
    rf"\b(?:book|bok) (?:me|us)\b|"
    rf"\b(?:can|could|cud|may|cn|could you|can you|might) (?:i|we|u|you)(?: please| pls| plz| just| maybe)? {_DO}\b|"
    rf"\b(?:i|we)(?:'d| would|'ll| will| wud)? ?(?:really |just )?(?:want|need|like|wanna|wish|love|prefer|am looking|m looking|'m looking)(?: to| 2| for)?(?: {_DO})?(?: me| us)?(?: an?| 1| one| the)?(?: \w+){{0,2}} (?:{_VISIT}|book|bok)\b|"
    rf"\b(?:i|we)(?:'d| would)? ?(?:want|need|like|wanna|would like|wud like|wish)(?: to| 2) (?:book|bok|come in|come back|start again|be seen|see (?:a|an|the|some|one|your))|"
    rf"^(?:please |pls |plz |hi,? |hello,? )*(?:book|bok|make|schedule|shedule|reserve|arrange|request|set up)\b(?! (?:online|by phone)\b)|"
    rf"^(?:an? |new )?{_VISIT} (?:please|pls|plz|asap|tomorrow|today|tmrw|2moro|this|next|on|for|with)\b|"
    rf"\bneed (?:2|to) book\b|\bwant book\b|^{_VISIT} request\b|\brequest for an? {_VISIT}\b|\b(?:write|note) (?:me|us) (?:in |down )?for\b|\bhave (?:someone|somebody|them) (?:call|ring|phone) me\b|\bhelp me (?:to )?book\b|\blet'?s (?:book|make an?)\b|\bready to book\b|\bgi(?:v|ve) me an? {_VISIT}\b|\bi'?d like (?:to|2) book\b|\btake my booking\b|\bwanna (?:book|make an?)\b|\bwant make (?:a )?(?:reservation|{_VISIT})\b|\b(?:can|could|cud) (?:some ?one|u|you) see me\b|\bneed (?:an? )?{_VISIT}\b|\bask for an? {_VISIT}\b|\brequest an? {_VISIT}\b|"
    rf"\bstart (?:a |the |my )?(?:booking|request)\b|\b(?:go on|continue|carry on|resume|finish) (?:with )?(?:my|the) (?:booking|request)\b"
)
_ORDERS = re.compile(
    r"\b(?:book|bok|schedule|shedule|reserve|pencil|squeeze|fit) (?:me|us|him|her|my \w+)(?: \w+)? ?(?:in|up|down)\b|\bsign (?:me|us) up\b|(?<!has )(?<!have )(?<!had )\bput (?:me|us) (?:in|down) for|"
    r"\b(?:book|bok|schedule|reserve) (?:me|us|in|a|an|my|for|the|\d)\b|\b(?:book|bok) (?:physio\w*|massage|acupuncture)\b|"
    r"\b(?:make|get|need|want|like|arrange|request|have|set up|book|gi(?:v|ve) me) (?:to (?:make|book|have|arrange|get) )?(?:me )?(?:an? |one |1 |the |my )?(?:\w+ )?"
    r"(?:appoint?m?e?nts?|apointment|appoitment|appt|apt|booking|session|visit)\b|"
    r"\b(?:go on|continue|carry on|resume|finish) (?:with )?(?:my|the) (?:booking|request)\b"
)
# What is ordered here, so that a taxi or a table is not.
_OF_CLINIC = re.compile(
    r"\b(?:appoint?m?e?nts?|apointment|appoitment|appt|apt|booking|request|visit|session|slot|physio\w*|massage|"
    r"acupuncture|therap\w+|osteopath\w*|chiro\w*|exercise class\w*|back|neck|head\w*|pain|"
    r"(?:me|us|him|her|my \w+)(?: please| pls| plz| plese)? in\b|(?:sign|put) me (?:up|down|in)|book me)\b"
)
_OF_OTHERS = re.compile(
    r"\b(?:taxi|cab|table|restaurant|flight|hotel|room|train|ticket\w*|holiday|car|dentist|hair\w*|doctors?|gp|vet|"
    r"optician|mri|scan|x-?ray|injections?|surgery|operation|hospital|roast|dinner|lunch|meal|show|cinema)\b"
)
_OF_ANOTHER_VISIT = re.compile(
    r"\b(?:cancel\w*|cancle|change|chanje|move|reschedul\w*|resched\w*|reshedul\w*|postpone|forward|swap|already|missed|late|"
    r"no longer|free|video|remind|confirm)\b"
)
_LONGEST = 60


def asks_to_begin(text: str) -> bool:
    """Whether a message that is about booking wants the form now. Never raises."""
    plain = normalise(text)
    if len(plain.split()) > _LONGEST or _INFORMS.search(plain):
        return False
    return _BEGINS.search(plain) is not None


def orders_visit(text: str) -> bool:
    """Whether a message orders a visit here in so many words ("book a massage"), whatever its topic seems to be."""
    plain = normalise(text)
    is_other = _OF_OTHERS.search(plain) or _OF_ANOTHER_VISIT.search(plain)
    is_order = _ORDERS.search(plain) and _OF_CLINIC.search(plain) and not is_other
    return bool(is_order) and asks_to_begin(text)
