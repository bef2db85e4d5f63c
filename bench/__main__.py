"""`python -m bench`: measures everything side by side and writes bench/results.json and the chart.

`--full` trains the others anew and repeats more; it takes an hour or more. Run it while nothing else runs.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import os
import re
import sys
import time
from dataclasses import asdict, replace
from typing import Any

from bench import accuracy, chart, environment, installed, projects, report, serving, training, turn_profile
from bench.assistants import CACHE, ROOT, Backtalk, StockRasa, default_rasa, empty_rasa
from bench.examples import Split, split_examples

RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
CHART = ROOT / "docs" / "images" / "bench.svg"
_KEYWORD = re.compile(r"\b(" + "|".join(projects.KEYWORDS) + r")\b", re.IGNORECASE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="train all anew, more repeats, 10,000 messages")
    parser.add_argument("--without-default", action="store_true", help="leave out Rasa's default pipeline")
    parser.add_argument("--soak", type=int, metavar="N", help="messages until memory is looked at again")
    options = parser.parse_args()
    plan = serving.FULL if options.full else serving.SHORT
    if options.soak:
        plan = replace(plan, soak=options.soak)
    began = time.perf_counter()
    results = asyncio.run(_measured(plan, options.full, not options.without_default))
    results["minutes"] = round((time.perf_counter() - began) / 60, 1)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    chart.draw(results, CHART)
    tables = report.markdown(results)
    _put_into_page(tables)
    print(tables)
    print(f"\n{results['minutes']} minutes. Written: {RESULTS.relative_to(ROOT)}, {CHART.relative_to(ROOT)}")


async def _measured(plan: serving.Plan, full: bool, with_default: bool) -> dict[str, Any]:
    split = split_examples(ROOT / "data")
    environment.prepare_stock_rasa()
    trained = _train(split, full, with_default)
    _say("Serving ...")
    others: list[StockRasa] = [empty_rasa(), *([default_rasa()] if with_default else [])]
    texts = [text for text, _ in split.held_out if _KEYWORD.search(text)]
    before = os.getloadavg()[0]
    seen = await serving.measure([Backtalk(), *others], texts, plan)
    ours = seen["Backtalk"]
    _say("Profile of a turn ...")
    profile = turn_profile.profiled(texts)
    _say("Accuracy ...")
    return {
        "at": dt.datetime.now().astimezone().isoformat(timespec="minutes"),
        "mode": "full" if full else "short",
        "machine": {
            "cores": os.cpu_count(),
            "python": sys.version.split()[0],
            "load_before": round(before, 2),
        },
        "plan": asdict(plan),
        "served": {name: serving.in_short(one) for name, one in seen.items()},
        "memory": {"messages": plan.soak, "ratio": ours.after_soak_mb / ours.after_500_mb},
        "training": {name: asdict(one) for name, one in trained.items()},
        "accuracy": _accuracies(split, full, with_default),
        "profile": profile,
        "environment_mb": installed.size_mb(),
    }


def _put_into_page(tables: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split("<!-- bench -->", 1)
    after = rest.split("<!-- /bench -->", 1)[1]
    PAGE.write_text(f"{before}<!-- bench -->\n{tables}\n<!-- /bench -->{after}", encoding="utf-8")


def _train(split: Split, full: bool, with_default: bool) -> dict[str, training.Trained]:
    backtalk, empty, default = (CACHE / name for name in ("backtalk", "empty-rasa", "stock-rasa"))
    projects.write_backtalk(ROOT, backtalk, split)
    projects.write_empty_rasa(empty)
    _say("Training Backtalk ...")
    trained = {"Backtalk": training.train_backtalk(backtalk)}
    _say("Training an empty Rasa ...")
    trained["empty Rasa"] = training.train_rasa(empty, full)
    if with_default:
        projects.write_stock_rasa(default, split.few(), projects.web_replies(ROOT / "data"))
        _say("Training Rasa's default pipeline (12 minutes or more, if it is not trained yet) ...")
        trained["default Rasa"] = training.train_rasa(default, full)
    return trained


def _accuracies(split: Split, full: bool, with_default: bool) -> list[dict[str, Any]]:
    few = split.few()
    all_of_it, some = f"{len(split.learnt):,} examples", "20 examples a topic"
    model = CACHE / "backtalk" / "models" / "backtalk.tar.gz"
    found = [
        ("Backtalk", f"{all_of_it}, and what is out of scope", accuracy.of_backtalk(model, split)),
        ("Backtalk's classifier", some, accuracy.of_backtalk_with(few, full)),
    ]
    if with_default:
        found.append(("default Rasa", some, accuracy.of_stock_rasa(CACHE / "stock-rasa", few, full)))
    if environment.prepare_nlpjs():
        found.append(("nlp.js", some, accuracy.of_nlpjs(few, full)))
        found.append(("nlp.js", all_of_it, accuracy.of_nlpjs(split, full)))
    return [{"name": name, "learnt": learnt, **asdict(one)} for name, learnt, one in found]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
