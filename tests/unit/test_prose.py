"""Measuring text."""

from backtalk.content.prose import paragraphs, reading_grade, sentences


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
