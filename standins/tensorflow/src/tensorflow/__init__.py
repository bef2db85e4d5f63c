"""Stand-in: see the project's standins/tensorflow/README.md."""

from tensorflow_absent import answer_for as _answer_for

__version__ = "2.12.0"
_answer_for(__name__)
