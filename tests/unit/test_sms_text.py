"""Texts for SMS: folding, counting and cutting into pages."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backtalk.channels.sms_text import MORE, fold, paged, segments

ANY_TEXT = st.text(st.characters(), max_size=400)
LINK = "https://clinic.example.org/book/a-long-way-to-the-page?with=query"
NURSE = "👩\u200d⚕️"
WORDS = ["pain", "Rest.", "a", "walk", "José", "\n\n", "\n", "[x]", "it’s", "Why?", "€5"]
NUMBERS = ["call +1 (202) 555-0143 now", "of 1 000 000 steps", "or 116 123 free"]
PROSE = st.lists(st.sampled_from([*WORDS, *NUMBERS, LINK, NURSE]), max_size=300).map(" ".join)
WHOLE = re.compile(r"https://\S+|\+1 \(202\) 555-0143|1 000 000|116 123|👩\u200d⚕️")


def without_more(pages):
    assert all(page.endswith(f"\n{MORE}") for page in pages[:-1])
    return [page.removesuffix(f"\n{MORE}") for page in pages[:-1]] + list(pages[-1:])


@pytest.mark.parametrize(
    ("text", "characters", "parts", "encoding"),
    [
        ("", 0, 0, "GSM-7"),
        ("a" * 160, 160, 1, "GSM-7"),
        ("a" * 161, 161, 2, "GSM-7"),
        ("a" * 306, 306, 2, "GSM-7"),
        ("a" * 307, 307, 3, "GSM-7"),
        ("a" * 460, 460, 4, "GSM-7"),
        ("[" * 80, 160, 1, "GSM-7"),
        ("[" * 81, 162, 2, "GSM-7"),
        ("é" * 160, 160, 1, "GSM-7"),
        ("á" * 70, 70, 1, "UCS-2"),
        ("\u2019" * 71, 71, 2, "UCS-2"),
        ("😀" * 35, 70, 1, "UCS-2"),
        ("😀" * 36, 72, 2, "UCS-2"),
    ],
)
def test_parts_are_counted_as_phones_do(text, characters, parts, encoding):
    size = segments(text)
    assert (size.characters, size.parts, size.encoding) == (characters, parts, encoding)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("It’s “fine”… really", 'It\'s "fine"... really'),
        ("10–20 minutes", "10-20 minutes"),
        ("rest—then walk", "rest - then walk"),
        ("rest — then walk", "rest - then walk"),
        ("• one\n• two", "- one\n- two"),
        ("fever of 38 °C or 100.4°F", "fever of 38 degrees C or 100.4 degrees F"),
        ("turn it 90°", "turn it 90 degrees"),
        ("for ≥ 3 days, age ≤50", "for at least 3 days, age at most 50"),
        ("1½ hours, ¾ of it", "1 1/2 hours, 3/4 of it"),
        ("3×10", "3x10"),
        ("a\u00a0b\u2009c\u202fd", "a b c d"),
        ("phy\u00adsio\u200btherapy", "physiotherapy"),
        ("**Stop** now", "Stop now"),
        ("tap → here", "tap -> here"),
        ("a\r\nb\u2028c\td", "a\nb\nc d"),
        ("cafe\u0301", "café"),
        ("José, Zoë, 痛み", "José, Zoë, 痛み"),
        ("👩\u200d⚕️ ❤️", "👩\u200d⚕️ ❤️"),
        ("broken \ud83d half", "broken ? half"),
    ],
)
def test_punctuation_is_folded_and_letters_stay(text, folded):
    assert fold(text) == folded


@given(ANY_TEXT)
@example("=\u0338 <\u0338")
@example("****a*∗***")
def test_a_folded_text_stays_as_it_is(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_folding_keeps_every_letter_and_digit(text):
    def letters(of):
        import unicodedata

        return [c for c in unicodedata.normalize("NFC", of) if c.isalpha() and c not in "ªº"]

    kept = iter(letters(fold(text)))
    signs = "℃℉№ﬀﬁﬂﬃﬄ\ufb05\ufb06ʼʹ"
    assert all(letter in kept for letter in letters(text) if letter not in signs)


@given(ANY_TEXT, st.integers(1, 4))
def test_any_text_has_pages_within_the_limit(text, most):
    pages = paged(text, most)
    assert all(0 < segments(page).parts <= most for page in pages)
    assert "".join("".join(without_more(pages)).split()) == "".join(text.split())


@settings(max_examples=300)
@given(PROSE, st.integers(2, 4))
def test_pages_hold_every_word_in_order_and_cut_no_link_number_or_emoji(text, most):
    pages = without_more(paged(text, most))
    assert " ".join(" ".join(pages).split()) == " ".join(text.split())
    told = [match.group() for page in pages for match in WHOLE.finditer(" ".join(page.split()))]
    assert told == WHOLE.findall(" ".join(text.split()))


@given(st.text("ab. \n", min_size=500, max_size=3000))
def test_a_page_is_not_left_nearly_empty(text):
    pages = without_more(paged(text, 3))
    longest = max((len(word) for word in text.split()), default=0)
    assert all(len(page) > min(0.3 * 430, 430 - longest) for page in pages[:-1])


def test_a_short_text_is_one_page_as_it_is():
    assert paged("Rest a little.\n\nThen walk.") == ("Rest a little.\n\nThen walk.",)
    assert paged(" \n ") == ()


def test_a_page_ends_between_paragraphs_before_it_ends_between_sentences():
    first, second = "One. " * 60 + "Last.", "Two. " * 60 + "Last."
    pages = without_more(paged(f"{first}\n\n{second}", 3))
    assert pages == [first, second]


def test_a_link_longer_than_a_page_is_cut_rather_than_lost():
    link = "https://clinic.example.org/" + "a" * 600
    pages = without_more(paged(f"See {link}", 3))
    assert "".join(pages).replace(" ", "") == f"See{link}"
    assert all(segments(page).parts <= 3 for page in paged(f"See {link}", 3))


def test_a_family_of_emoji_without_spaces_is_not_torn():
    family = "👨\u200d👩\u200d👧"
    assert all(len(page) % len(family) == 0 for page in without_more(paged(family * 60, 2)))


def test_a_line_that_leaves_no_room_is_refused():
    with pytest.raises(ValueError, match="Allow more parts"):
        paged("word " * 100, 1, more="m" * 200)


def test_ten_thousand_words_are_paged_fast():
    import time

    start = time.perf_counter()
    pages = paged("worse and worse, 1 2 3 " * 2500 + "\u0301" * 3000, 3)
    assert len(pages) > 100
    assert time.perf_counter() - start < 5
