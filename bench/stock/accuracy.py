"""Asks a stock Rasa model about examples it did not learn: python accuracy.py MODEL EXAMPLES.json.

Runs in the environment of requirements.txt. Writes one line of JSON.
"""

import asyncio
import json
import statistics
import sys
import time

from rasa.core.agent import Agent


async def main(model, file):
    with open(file, encoding="utf-8") as opened:
        held_out = json.load(opened)["held_out"]
    agent = Agent.load(model)
    await agent.parse_message("warm up")
    right, times = 0, []
    for text, intent in held_out:
        started = time.perf_counter()
        ranking = (await agent.parse_message(text)).get("intent_ranking") or []
        times.append(1000 * (time.perf_counter() - started))
        named = [one["name"] for one in ranking if one["name"] != "nlu_fallback"]
        right += bool(named) and named[0] == intent
    print(json.dumps({"accuracy": right / len(held_out), "message_ms": statistics.median(times)}))


asyncio.run(main(*sys.argv[1:]))
