"""Writes the project folders of the assistants that are compared."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from bench.examples import Split, topic_files, without

_COPIED = ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "clinic.yml")
# One of these words is in every message that is sent, so that the empty Rasa gives its one reply.
KEYWORDS = (
    "what",
    "how",
    "is",
    "are",
    "can",
    "my",
    "i",
    "should",
    "does",
    "why",
    "when",
    "the",
    "a",
    "to",
)
_STOCK_PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
_STOCK_POLICIES: list[dict[str, Any]] = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
]


def write_backtalk(root: Path, folder: Path, split: Split) -> None:
    """A copy of this project's content without the held-out examples."""
    for name in _COPIED:
        _write(folder / name, (root / name).read_text(encoding="utf-8"))
    held_out = {text for text, _ in split.held_out}
    for file in sorted((root / "data").rglob("*")):
        if file.is_file():
            target = folder / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    for file in topic_files(root / "data"):
        _write(folder / file.relative_to(root), without(file, held_out.__contains__))
    for name in ("backtalk", "actions"):  # the fingerprint of a model looks at code too
        link = folder / name
        if link.resolve() != root / name:
            link.unlink(missing_ok=True)
            link.symlink_to(root / name)


def write_empty_rasa(folder: Path) -> None:
    """The least that Rasa can be: keywords, one rule, one reply."""
    _write_rasa(
        folder,
        pipeline=[{"name": "KeywordIntentClassifier", "case_sensitive": False}],
        policies=[{"name": "RulePolicy"}],
        examples={"ask": list(KEYWORDS), "other": ["zzz"]},
        replies={"ask": "One reply.", "other": "Another."},
    )


def write_stock_rasa(folder: Path, split: Split, replies: dict[str, str]) -> None:
    """What `rasa init` trains by default, with our topics; `replies` maps intents to texts."""
    examples: dict[str, list[str]] = {intent: [] for intent in split.intents}
    for text, intent in split.learnt:
        examples[intent].append(text)
    _write_rasa(folder, _STOCK_PIPELINE, _STOCK_POLICIES, examples, replies, stories=3)


def web_replies(data: Path) -> dict[str, str]:
    """The web text of each topic, by intent."""
    found = {}
    for file in topic_files(data):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        intent = content["nlu"][0]["intent"]
        text = str(content["responses"][f"utter_{intent}"][0]["text"])
        found[intent] = text.replace("{", "(").replace("}", ")")
    return found


def _write_rasa(
    folder: Path,
    pipeline: list[dict[str, Any]],
    policies: list[dict[str, Any]],
    examples: dict[str, list[str]],
    replies: dict[str, str],
    stories: int = 0,
) -> None:
    _dump(
        folder / "config.yml",
        {
            "recipe": "default.v1",
            "assistant_id": "bench",
            "language": "en",
            "pipeline": pipeline,
            "policies": policies,
        },
    )
    _dump(
        folder / "domain.yml",
        {
            "version": "3.1",
            "intents": list(examples),
            "responses": {f"utter_{intent}": [{"text": text}] for intent, text in replies.items()},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        },
    )
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in examples.items()
    ]
    rules = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]} for intent in examples
    ]
    told = [
        {"story": f"story {intent}", "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in list(examples)[:stories]
    ]
    _dump(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": nlu})
    _dump(folder / "data" / "rules.yml", {"version": "3.1", "rules": rules})
    if told:
        _dump(folder / "data" / "stories.yml", {"version": "3.1", "stories": told})
    _dump(folder / "credentials.yml", {"rest": None})
    _dump(
        folder / "endpoints.yml",
        {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": "tracker.db"}},
    )


def _dump(file: Path, content: Any) -> None:
    _write(file, yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000))


def _write(file: Path, text: str) -> None:
    """Only if it differs: what is trained from it stays valid."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
