"""Training checks files quicker than Rasa does, and refuses the same."""

import pytest
import rasa.shared.utils.validation as validation
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.exceptions import YamlException
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message

from backtalk.engine.quick_training import quick_training

GOOD = """
nlu:
- intent: greet
  examples: |
    - hello
rules:
- rule: greet
  steps:
  - intent: greet
  - action: utter_greet
"""
FAULTY = [
    GOOD.replace("examples:", "exampels:"),
    GOOD.replace("nlu:\n- intent: greet", "nlu:\n- intent: [greet]"),
    GOOD.replace("  examples: |", "  examples: ["),
    GOOD + "rules: []\n",
    GOOD.replace("- action: utter_greet", "- acton: utter_greet"),
    GOOD.replace("steps:", "stepps:"),
]


def refusal(content: str) -> str | None:
    """What reading `content` as examples and then as rules says against it."""
    for reader in (RasaYAMLReader().reads, YAMLStoryReader().read_from_string):
        try:
            reader(content)
        except YamlException as error:
            return str(error)
    return None


@pytest.mark.parametrize("content", [GOOD, *FAULTY])
def test_it_refuses_what_rasa_refuses_in_the_same_words(content):
    thorough = refusal(content)
    with quick_training():
        assert refusal(content) == thorough
    assert (thorough is None) == (content == GOOD)


def test_a_file_without_faults_is_not_parsed_a_second_time_for_its_lines(monkeypatch):
    asked = []
    monkeypatch.setattr(validation, "validate_yaml_schema", lambda *_: asked.append(_))
    with quick_training():
        assert refusal(GOOD) is None
    assert not asked


def test_after_a_training_rasa_is_as_before():
    thorough = validation.validate_yaml_schema
    with pytest.raises(RuntimeError), quick_training():
        raise RuntimeError
    assert validation.validate_yaml_schema is thorough
    assert "__deepcopy__" not in vars(Message)
