"""Measuring text."""

import pytest

from backtalk.content.prose import paragraphs, reading_grade, sentences, sms_size


def test_sentences_and_bullets_are_told_apart():
    text = "Yes. It helps, at 3 p.m. too.\n\nDo this:\n\n- Walk a bit. Rest a bit.\n- Sleep"
    assert sentences(text) == [
        "Yes.", "It helps, at 3 p.m. too.", "Do this:", "Walk a bit.", "Rest a bit.", "Sleep",
    ]  # fmt: skip
    assert [len(block) for block in paragraphs(text)] == [1, 1, 2]


def test_long_words_raise_the_grade_and_medical_names_do_not():
    plain = "Walk a bit each day. It helps a sore back."
    assert reading_grade("Perambulation alleviates musculoskeletal discomfort.") > 12
    assert reading_grade(plain) < 2
    named = plain + " See a physiotherapist."
    assert reading_grade(named, {"physiotherapist"}) < reading_grade(named)


@pytest.mark.parametrize(
    ("text", "characters", "parts", "encoding"),
    [
        ("a" * 160, 160, 1, "GSM-7"),
        ("a" * 161, 161, 2, "GSM-7"),
        ("a" * 306, 306, 2, "GSM-7"),
        ("a" * 307, 307, 3, "GSM-7"),
        ("[" * 80, 160, 1, "GSM-7"),
        ("\u2019" * 70, 70, 1, "UCS-2"),
        ("\u2019" * 71, 71, 2, "UCS-2"),
    ],
)
def test_sms_parts_are_counted_as_phones_do(text, characters, parts, encoding):
    size = sms_size(text)
    assert (size.characters, size.parts, size.encoding) == (characters, parts, encoding)
