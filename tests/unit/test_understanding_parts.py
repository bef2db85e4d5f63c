"""The small parts of understanding, each by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtalk.understanding.picks import picked
from backtalk.understanding.questions import split_questions
from backtalk.understanding.spelling import Spelling
from backtalk.understanding.text import clean, has_words, normalise

TITLES = ["Heat or cold", "Exercise", "Sleep and pillows"]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 0), ("2.", 1), ("2)", 1), ("three", 2), ("the second one", 1), ("option 3", 2),
        ("#2", 1), ("last", 2), ("Exercise", 1), ("exerc", 1), ("sleep", 2), ("HEAT OR COLD", 0),
        ("number 1 please", 0),
    ],
)  # fmt: skip
def test_a_choice_is_picked_by_number_word_title_or_its_start(text, index):
    assert picked(text, TITLES) == index


@pytest.mark.parametrize("text", ["4", "0", "2 weeks", "one more thing", "ex", "back pain", "", "12"])
def test_other_messages_pick_nothing(text):
    assert picked(text, TITLES) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("what is sciatica? and can i run?", ["what is sciatica", "can i run"]),
        ("does massage help and how much is it", ["does massage help", "how much is it"]),
        ("What is a migraine. Is it dangerous?", ["What is a migraine", "Is it dangerous"]),
    ],
)
def test_two_questions_are_found(text, parts):
    assert split_questions(text) == parts


@pytest.mark.parametrize("text", ["my neck and back hurt", "should i rest and take it easy"])
def test_one_question_is_not_torn_apart(text):
    assert len(split_questions(text)) < 2


def test_a_long_story_is_not_split():
    assert split_questions("what is it? " + "my back hurts and hurts " * 12 + "is it bad?") == []


@pytest.fixture(scope="module")
def spelling():
    texts = ["my lower back hurts and my headache is worse in the shoulders"] * 3
    return Spelling.learn(texts)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("wat helps my bak", "what helps my back"),
        ("hedache in my sholders", "headache in my shoulders"),
        ("siatica or stenossis", "sciatica or stenosis"),
        ("good 4 u 2 try", "good for you to try"),
        ("for 2 weeks", "for 2 weeks"),
        ("a puncture in my tyre", "a puncture in my tyre"),
        ("xqzvw", "xqzvw"),
    ],
)
def test_slips_are_undone_and_good_words_left_alone(spelling, wrong, right):
    assert spelling.correct(wrong) == right


@given(st.text())
def test_correcting_never_raises(text):
    Spelling(frozenset(), ["headache"]).correct(normalise(text))


@given(st.text())
def test_cleaning_leaves_no_control_characters(text):
    assert all(c.isprintable() or c == "\ufffc" or not c.isspace() for c in clean(text))
    assert "\x00" not in clean(text)
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("text", ["", "  ", "?!...", "😀😀", "\u202e\u200f"])
def test_a_message_without_words_is_seen_as_such(text):
    assert not has_words(clean(text))


@pytest.mark.parametrize("often", [0, 5, 400])
def test_our_regression_finds_the_weights_that_scikit_learn_finds(monkeypatch, often):
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    from backtalk.understanding import regression

    monkeypatch.setattr(regression, "OFTEN", often)
    random = np.random.default_rng(0)
    dense = random.normal(size=(90, 5)).astype(np.float32)
    sparse = csr_matrix(random.random((90, 12)) * (random.random((90, 12)) > 0.7), dtype=np.float32)
    target = random.integers(0, 3, size=90)
    weights, bias = regression.fit_logistic_regression(dense, sparse, target, 3, 0.5)
    both = hstack([csr_matrix(dense), sparse], format="csr")
    expected = LogisticRegression(C=0.5, tol=1e-6, max_iter=2000).fit(both, target)
    np.testing.assert_allclose(weights, expected.coef_, atol=0.02)
    np.testing.assert_allclose(
        bias - bias.mean(), expected.intercept_ - expected.intercept_.mean(), atol=0.02
    )
