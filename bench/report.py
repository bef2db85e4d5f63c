"""The figures as a table beside their goals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Results = dict[str, Any]


def goals(results: Results) -> Iterator[tuple[str, float, str, float, bool]]:
    """Name, what was measured, how it is written, the goal, and whether it is met."""
    served, training = results["served"], results["training"]
    ours, empty = served["Backtalk"], served["empty Rasa"]
    default = served.get("default Rasa")
    one, many = ours["clients"]["1"], ours["clients"]["32"]

    def most(name: str, value: float, goal: float, form: str = "{:.2f} x") -> Any:
        return name, value, form, goal, value <= goal

    def least(name: str, value: float, goal: float, form: str = "{:.2f} x") -> Any:
        return name, value, form, goal, value >= goal

    yield most("p50 of one client, of empty Rasa's", one["p50"] / empty["clients"]["1"]["p50"], 1.0)
    yield most("p99 of one client, of its p50", one["p99"] / one["p50"], 3.0)
    yield least(
        "throughput of 32 clients, of empty Rasa's",
        many["per_second"] / empty["clients"]["32"]["per_second"],
        1.0,
    )
    if default:
        yield least(
            "throughput of 32 clients, of default Rasa's",
            many["per_second"] / default["clients"]["32"]["per_second"],
            4.0,
        )
    yield most("start to ready, of empty Rasa's", ours["ready_seconds"] / empty["ready_seconds"], 0.7)
    yield most("memory, of empty Rasa's", ours["memory_mb"] / empty["memory_mb"], 0.7)
    memory = results["memory"]
    yield most(f"memory after {memory['messages']:,} messages, of before", memory["ratio"], 1.1)
    yield most("turn 200, of turn 2", ours["turns_ms"]["200"] / ours["turns_ms"]["2"], 1.3)
    yield most("training from nothing", training["Backtalk"]["cold_seconds"], 60, "{:.0f} s")
    yield most("training unchanged", training["Backtalk"]["unchanged_seconds"], 5, "{:.1f} s")
    if "default Rasa" in training:
        # Processor time: the two are not trained in the same hour.
        ratio = training["default Rasa"]["cold_cpu_seconds"] / training["Backtalk"]["cold_cpu_seconds"]
        yield least("default Rasa's training, of ours (processor time)", ratio, 10)
    yield most("installed environment", results["environment_mb"], 900, "{:.0f} MB")


def markdown(results: Results) -> str:
    """Tables for a terminal and for docs/performance.md."""
    machine, plan = results["machine"], results["plan"]
    when = (
        f"{results['at'][:10]}, {results['mode']} run, {machine['cores']} cores, Python {machine['python']}, "
        f"load {machine['load_before']} before it. "
        f"Medians of {plan['starts']} starts (of one where it takes over {plan['longest_start']:g} s) and "
        f"{plan['rounds']} rounds."
    )
    return "\n\n".join(
        "\n".join(table)
        for table in (
            [when],
            _goal_table(results),
            _served_table(results),
            _other_table(results),
            _profile_table(results),
        )
    )


def _goal_table(results: Results) -> Iterator[str]:
    yield "| Goal | Measured | Wanted | |"
    yield "|---|---:|---:|---|"
    for name, value, form, goal, is_met in goals(results):
        sign = "at least" if "throughput" in name or "default Rasa's training" in name else "at most"
        yield f"| {name} | {form.format(value)} | {sign} {goal:g} | {'yes' if is_met else '**no**'} |"


def _served_table(results: Results) -> Iterator[str]:
    served = results["served"]
    yield "| | " + " | ".join(served) + " |"
    yield "|---|" + "---:|" * len(served)

    def row(name: str, form: str, *path: str) -> str:
        cells = []
        for found in served.values():
            for key in path:
                found = found[key]
            cells.append(form.format(found))
        return f"| {name} | " + " | ".join(cells) + " |"

    yield row("start to ready (s)", "{:.1f}", "ready_seconds")
    yield row("first message (ms)", "{:.0f}", "first_message_ms")
    yield row("memory after warm-up (MB)", "{:.0f}", "memory_mb")
    for clients in next(iter(served.values()))["clients"]:
        noun = "client" if clients == "1" else "clients"
        for value in ("p50", "p95", "p99"):
            yield row(f"{clients} {noun}, {value} (ms)", "{:.1f}", "clients", clients, value)
        yield row(f"{clients} {noun}, messages a second", "{:.0f}", "clients", clients, "per_second")
        yield row(f"{clients} {noun}, processor a message (ms)", "{:.1f}", "clients", clients, "cpu_ms")
    for turn in next(iter(served.values()))["turns_ms"]:
        yield row(f"about turn {turn} of a conversation (ms)", "{:.1f}", "turns_ms", turn)


def _other_table(results: Results) -> Iterator[str]:
    yield "| | Trained (s) | of the processor (s) | Unchanged (s) | Load when it began |"
    yield "|---|---:|---:|---:|---:|"
    for name, found in results["training"].items():
        cells = [found["cold_seconds"], found["cold_cpu_seconds"], found["unchanged_seconds"]]
        yield f"| {name} | " + " | ".join(f"{cell:.0f}" for cell in cells) + f" | {found['load']:.1f} |"
    yield ""
    yield "| | Learnt | Right topic first | A message (ms) |"
    yield "|---|---|---:|---:|"
    for found in results["accuracy"]:
        yield (
            f"| {found['name']} | {found['learnt']} | {found['accuracy']:.1%} | {found['message_ms']:.1f} |"
        )


def _profile_table(results: Results) -> Iterator[str]:
    yield "| Part of a turn | ms |"
    yield "|---|---:|"
    for part, ms in results["profile"].items():
        if ms >= 0.005:
            yield f"| {part} | {ms:.2f} |"
    yield f"| **together** | **{sum(results['profile'].values()):.2f}** |"
