"""Our own cutting of a text gives the terms that scikit-learn learnt in training."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtalk.understanding.classifier import _analysers
from backtalk.understanding.terms import CUTS

ANALYSERS = [analyser.build_analyzer() for analyser in _analysers()]
KINDS = list(zip(CUTS, ANALYSERS, strict=True))


@pytest.mark.parametrize(("cut", "analyse"), KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "i",
        "is it ok",
        "should i use heat or ice?",
        "  two   spaces ",
        "naïve café",
        "it's 38.5°c",
        "…",
    ],
)
def test_the_same_terms_in_the_same_order(cut, analyse, text):
    assert list(cut(text)) == list(analyse(text))


@pytest.mark.parametrize(("cut", "analyse"), KINDS)
@given(text=st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_the_same_terms_for_any_text(cut, analyse, text):
    assert list(cut(text)) == list(analyse(text))
