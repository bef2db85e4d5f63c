"""The picture for the README."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_COLOURS = {"Backtalk": "#0b6e66", "empty Rasa": "#9aa5ab", "default Rasa": "#5d676d"}


def draw(results: dict[str, Any], file: Path) -> None:
    """Waiting time, throughput, start and memory of each assistant, one panel each."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "backtalk"  # the same file for the same figures
    from matplotlib import pyplot

    served = results["served"]
    panels = (
        ("Wait for a reply (ms)", lambda found: found["clients"]["1"]["p50"]),
        ("Messages a second, 32 clients", lambda found: found["clients"]["32"]["per_second"]),
        ("Start to ready (s)", lambda found: found["ready_seconds"]),
        ("Memory (MB)", lambda found: found["memory_mb"]),
    )
    figure, axes = pyplot.subplots(1, len(panels), figsize=(11, 2.1))
    names = list(served)[::-1]
    for place, (axis, (title, value)) in enumerate(zip(axes, panels, strict=True)):
        values = [value(served[name]) for name in names]
        bars = axis.barh(names, values, color=[_COLOURS[name] for name in names], height=0.6)
        axis.bar_label(bars, labels=[f"{v:.1f}" if v < 20 else f"{v:.0f}" for v in values], padding=3)
        axis.set_title(title, fontsize=10, loc="left")
        axis.set_xlim(0, max(values) * 1.3)
        axis.set_xticks([])
        axis.spines[["top", "right", "bottom"]].set_visible(False)
        axis.tick_params(left=False, labelleft=place == 0)
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
