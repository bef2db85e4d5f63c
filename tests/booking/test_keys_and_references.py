"""Encryption and references hold for any text; keys can be changed one after the other."""

import base64
import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtalk.booking.cipher import BadFieldKey, FieldCipher, Unreadable, field_keys
from backtalk.booking.keyed_hash import keyed_hash
from backtalk.booking.reference import candidates, new_reference, read_reference
from backtalk.booking.requests import Requests
from backtalk.booking.rotation import rotate_keys

SECRET = b"the server's own key of 32 bytes"
ANY_TEXT = st.text(st.characters())  # halves of characters too


def key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


OLD, NEW = key(), key()


@given(ANY_TEXT)
def test_any_text_comes_back_and_cannot_be_read_before(text):
    cipher = FieldCipher((), SECRET)
    token = cipher.encrypt(text)
    assert cipher.decrypt(token) == text
    assert token.isascii()
    assert len(text) < 4 or text not in token


@given(ANY_TEXT)
def test_another_key_cannot_read_it(text):
    token = FieldCipher((), SECRET).encrypt(text)
    with pytest.raises(Unreadable):
        FieldCipher((), b"another key, just as long as that").decrypt(token)


@given(st.text(min_size=1, max_size=40), st.data())
def test_a_changed_token_is_noticed(text, data):
    cipher = FieldCipher((), SECRET)
    token = cipher.encrypt(text)
    place = data.draw(st.integers(0, len(token) - 5))
    other = data.draw(st.sampled_from([c for c in "ABCDxyz0189_" if c != token[place]]))
    with pytest.raises(Unreadable):
        cipher.decrypt(token[:place] + other + token[place + 1 :])


def test_keys_can_be_changed_one_after_the_other():
    before, between, after = (
        FieldCipher((), SECRET), FieldCipher((NEW, OLD), SECRET), FieldCipher((NEW,), b"x" * 32),
    )  # fmt: skip
    derived, old = before.encrypt("Ann"), FieldCipher((OLD,), SECRET).encrypt("Ann")
    assert between.decrypt(derived) == between.decrypt(old) == "Ann"
    with pytest.raises(Unreadable):
        after.decrypt(old)
    assert after.decrypt(between.renew(old)) == after.decrypt(between.renew(derived)) == "Ann"


@pytest.mark.parametrize(
    "bad", ["short", "x" * 44, f"{OLD},nonsense", "é" * 44], ids=["short", "x", "second", "é"]
)
def test_a_bad_key_is_named_by_its_place_and_not_shown(bad):
    with pytest.raises(BadFieldKey) as refused:
        field_keys(bad)
    assert re.search(r"key [12] is not", str(refused.value))
    assert bad not in str(refused.value)
    assert OLD not in str(refused.value)


def test_rotating_gives_requests_and_notes_the_first_key(engine, clinic, ann):
    old, both, new = (
        FieldCipher(keys, secret)
        for keys, secret in (((OLD,), SECRET), ((NEW, OLD), SECRET), ((NEW,), b"y" * 32))
    )
    reference = Requests(engine, old, SECRET, clinic).store(ann, conversation="web-1")
    Requests(engine, old, SECRET, clinic).note(reference, "rang twice", "bo")
    unread = Requests(engine, new, SECRET, clinic).get(reference)
    assert not unread.readable
    assert "another key" in unread.wanted.name
    assert rotate_keys(engine, new).unreadable == 2
    done = rotate_keys(engine, both)
    assert (done.renewed, done.unreadable) == (2, 0)
    requests = Requests(engine, new, SECRET, clinic)
    assert requests.get(reference).wanted == ann
    assert requests.trail(reference)[-1].note == "rang twice"


def test_references_are_short_have_no_words_and_read_well():
    for _ in range(2000):
        assert re.fullmatch(r"BT-([2-9][CDFGHJKMNPQRTVWXY]){2}", new_reference())
    assert {len(one) for one in candidates()} == {7, 9, 11}


@given(st.sampled_from([2, 3, 4]), st.sampled_from(["{}", " {} ", "ref {}"]), st.booleans())
def test_a_reference_is_known_however_it_is_typed(pairs, frame, lower):
    reference = new_reference(pairs)
    typed = reference.lower().replace("-", " ") if lower else reference
    expected = reference if frame != "ref {}" else None
    assert read_reference(frame.format(typed)) == expected


@given(ANY_TEXT)
def test_reading_a_reference_never_fails(text):
    found = read_reference(text)
    assert found is None or re.fullmatch(r"BT-([2-9][A-Z]){2,4}", found)


@given(st.lists(ANY_TEXT, min_size=1, max_size=3), st.lists(ANY_TEXT, min_size=1, max_size=3))
def test_different_texts_have_different_hashes(first, second):
    same = keyed_hash(b"k", "x", *first) == keyed_hash(b"k", "x", *second)
    assert same == (first == second)
