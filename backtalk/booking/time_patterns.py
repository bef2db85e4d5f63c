"""The grammar of days and times in free words: patterns by name, tried in this order at each place."""

from __future__ import annotations

from backtalk.booking.clock import MONTHS

NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve".split()
)  # fmt: skip
_HOUR = r"(?:\d{1,2}(?:[:.h]\d{2})?|\d{4}|" + "|".join(NUMBER_WORDS) + r")"
_HALF = r"(?:half(?:\s+past)?|quarter\s+(?:past|to))\s+"
_TIME = (
    rf"(?:noon|midday|midnight|(?:{_HALF})?{_HOUR}(?:\s*o'?\s?clock)?(?:\s*(?:a\.?m\b\.?|p\.?m\b\.?|ish\b))?)"
    r"(?:\s+in\s+the\s+(?:morning|afternoon|evening))?"
)
WEEKDAY = {
    "monday": 0, "mondays": 0, "mon": 0, "mons": 0, "tuesday": 1, "tuesdays": 1, "tues": 1, "tue": 1, "tus": 1,
    "teusday": 1, "tuesay": 1, "wednesday": 2, "wednesdays": 2, "weds": 2, "wed": 2, "wednsday": 2,
    "wensday": 2, "thursday": 3, "thursdays": 3, "thurs": 3, "thur": 3, "thu": 3, "thrusday": 3,
    "friday": 4, "fridays": 4, "fri": 4, "fris": 4, "saturday": 5, "saturdays": 5, "sat": 5, "sats": 5,
    "sunday": 6, "sundays": 6, "sun": 6, "suns": 6, "munday": 0,
}  # fmt: skip
_DAY = r"(?:" + "|".join(sorted(WEEKDAY, key=len, reverse=True)) + r")"
MONTH_NAMES = {name.lower(): n for n, name in enumerate(MONTHS, start=1)}
MONTH_NAMES |= {name.lower()[:3]: n for n, name in enumerate(MONTHS, start=1)} | {"sept": 9}
_MONTH = r"(?:" + "|".join(sorted(MONTH_NAMES, key=len, reverse=True)) + r")"
_ORDINAL = r"\d{1,3}\s?(?:st|nd|rd|th)"
PARTS = {
    "morning": (0, 720), "afternoon": (720, 1020), "evening": (1020, 1320), "lunchtime": (690, 840),
    "early morning": (0, 600), "late morning": (630, 720), "early afternoon": (720, 900),
    "late afternoon": (900, 1080), "early evening": (1020, 1200), "late evening": (1140, 1320),
    "after work": (960, 1320), "after school": (900, 1200),
}  # fmt: skip
PART_WORDS = {
    "morning": "morning", "mornings": "morning", "morn": "morning", "am": "morning", "afternoon": "afternoon",
    "afternoons": "afternoon", "pm": "afternoon", "arvo": "afternoon", "avo": "afternoon", "aft": "afternoon",
    "evening": "evening", "evenings": "evening", "eve": "evening", "night": "evening", "nights": "evening",
    "lunchtime": "lunchtime", "lunchtimes": "lunchtime", "lunch time": "lunchtime", "lunch": "lunchtime",
    "after work": "after work", "after school": "after school", "first thing": "early morning",
}  # fmt: skip
_FILLERS = (
    "i|im|i'm|i'd|me|my|we|you|can|could|would|will|wud|be|is|are|am free|do|does|make|come|in|on|at|the|a|an|of|for|"
    "please|pls|plz|thanks|thank|ok|okay|best|good|great|fine|suits|suit|works|work for|free|available|time|times|"
    "prefer|preferred|preferably|ideally|like|love|want|maybe|perhaps|around|about|approx|sometime|some|"
    "it|that|this|there|if|possible|also|just|only|then|yes|hi|hello|slot|appointment|"
    "mostly|usually|from|during|within|off|more|better|with|to come|sure|um|well|so"
).split("|")
RULES: tuple[tuple[str, str], ...] = (
    ("between", rf"(?:between|from|btw|btwn)?\s*(?P<t1>{_TIME})\s*(?:-|to|until|till|til|and|&)\s*(?P<t2>{_TIME})"),
    ("not_before", rf"(?:but\s+)?(?:not|no|never|nothing)\s+(?:before|earlier\s+than|until|till)\s+(?P<t1>{_TIME})"),
    ("not_after", rf"(?:but\s+)?(?:not|no|never|nothing)\s+(?:after|later\s+than|past)\s+(?P<t1>{_TIME})"),
    ("work", r"after\s+(?:work|school)"),
    ("after", rf"(?:after|past|later\s+than|from|since)\s+(?:about\s+)?(?P<t1>{_TIME})(?:\s+on(?:wards)?\b)?"),
    ("after", rf"(?P<t1>{_TIME})\s+(?:onwards|or\s+later|or\s+after)"),
    ("before", rf"(?:before|by|until|till|til|up\s+to|earlier\s+than)\s+(?P<t1>{_TIME})"),
    ("before", rf"(?P<t1>{_TIME})\s+(?:or\s+earlier|or\s+before)"),
    ("iso", r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    ("slashed", r"(?P<a>\d{1,2})[/.](?P<b>\d{1,2})(?:[/.](?P<y>\d{4}|\d{2}))?(?!\d)"),
    ("date", rf"(?:(?:{_DAY})\s+)?(?:the\s+)?(?P<d>\d{{1,3}})\s?(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mn>{_MONTH})\b(?:,?\s+(?P<y>\d{{4}}))?"),
    ("date", rf"(?:(?:{_DAY})\s+)?(?P<mn>{_MONTH})\s+(?:the\s+)?(?P<d>\d{{1,3}})(?:\s?(?:st|nd|rd|th))?\b(?!:)(?:,?\s+(?P<y>\d{{4}}))?"),
    ("ordinal", rf"(?:(?:{_DAY})\s+)?(?:the\s+)?(?P<d>\d{{1,3}})\s?(?:st|nd|rd|th)\b"),
    ("past", rf"yesterday|(?:last|past)\s+(?:{_DAY}|week|month|year)|(?:{_DAY}|\d+ days?|\d+ weeks?|a week) ago"),
    ("day_after", r"(?:the\s+)?day\s+after\s+tomorrow"),
    ("today", r"today|tonight|2day|tonite"),
    ("tomorrow", r"tomorrow|tomorow|tomoro|tommorow|tommorrow|tmrw|tmr|2moro|2morrow|2mrw|tomorrows"),
    ("week_after_next", r"(?:the\s+)?week\s+after\s+next"),
    ("next_week", r"(?:next|nxt|the\s+following)\s+(?:week|wk)\b"),
    ("this_week", r"(?:this|later\s+this|rest\s+of\s+(?:this|the))\s+(?:week|wk)\b"),
    ("weekend_after", r"(?:next|nxt)\s+weekend"),
    ("this_weekend", r"(?:this|the\s+coming)\s+weekend"),
    ("next_month", r"(?:next|nxt)\s+month"),
    ("in_days", r"in\s+(?P<n>\d{1,2}|a|one|two|three|four|five|six)\s+(?P<unit>days?|weeks?|wks?)"),
    ("next_day", rf"(?:next|nxt|this|coming)\s+(?P<day>{_DAY})\b"),
    ("weekdays", r"(?:on\s+)?(?:any\s+)?week\s?days?|monday\s+to\s+friday|mon\s*-\s*fri"),
    ("weekends", r"(?:on\s+)?(?:at\s+)?(?:the\s+)?week\s?ends?"),
    ("weekday", rf"(?P<day>{_DAY})\b"),
    ("soon", r"asap|a\.s\.a\.p\.?|as\s+soon\s+as\s+(?:possible|you\s+can|u\s+can)|soonest|(?:the\s+)?(?:earliest|first|next)\s+(?:available|possible|one|slot|you\s+(?:have|can)|free\s+slot)|right\s+away|urgently|quickly|soon"),
    ("any", r"any\s?time|anytime|when\s?ever|(?:any|every|all)\s+days?|i'?m\s+flexible|flexible|i\s+don'?t\s+mind|dont\s+mind|no\s+preference|all\s+the\s+time|always|either\s+is\s+fine"),
    ("not", r"(?:but\s+|just\s+)?(?:not|no|never|except(?:\s+for)?|apart\s+from|other\s+than|excluding|but\s+not|can'?t(?:\s+do|\s+make)?|cannot(?:\s+do|\s+make)?|cant(?:\s+do|\s+make)?)(?:\s+on)?\b"),
    ("at", rf"(?:at|around|about|say)\s+(?P<t1>{_TIME})"),
    ("part", r"(?:in\s+the\s+|on\s+the\s+|at\s+|any\s+|every\s+|the\s+)*(?P<when>early\s+|late\s+)?(?P<part>" + "|".join(sorted(PART_WORDS, key=len, reverse=True)) + r")\b"),
    ("clock", rf"(?P<t1>{_HALF}{_HOUR}|{_HOUR}\s+in\s+the\s+(?:morning|afternoon|evening)|\d{{1,2}}(?:[:.]\d{{2}})?\s*(?:a\.?m\b\.?|p\.?m\b\.?)|\d{{1,2}}:\d{{2}}|noon|midday)"),
    ("to", r"-|to\b|through\b|thru\b|until\b|till\b"),
    ("and", r"or\b|and\b|&|/|,|;|\.|\+|!"),
    ("filler", r"(?:any|every|each|all|" + "|".join(_FILLERS) + r")\b"),
    ("number", r"(?P<n>\d{1,2})(?!\d)"),
    ("unknown", r"\S+?(?=[\s,;/.!]|$)|\S"),
)  # fmt: skip
