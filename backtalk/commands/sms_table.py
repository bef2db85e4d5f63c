"""The table of `backtalk check --sms`: what the texts cost in parts."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

from backtalk.content.sms_check import parts_counted, sms_sizes

MOST_SHOWN = 3


def print_sms_table(data: Path, facts: Mapping[str, str]) -> None:
    """Print, for each kind of text, how many have 1, 2, 3 and more parts and the mean, as Markdown."""
    print("\n| SMS parts | texts | 1 | 2 | 3 | over 3 | mean | over 3 with the longest facts | not GSM-7 |")
    print("|---|---|---|---|---|---|---|---|---|")
    longest = sms_sizes(data, facts, longest=True)
    for kind, sizes in sms_sizes(data, facts).items():
        count, grown = parts_counted(sizes), parts_counted(longest[kind])
        columns = [kind.value, len(sizes), *(count[n] for n in range(1, MOST_SHOWN + 1))]
        columns += [sum(v for n, v in count.items() if n > MOST_SHOWN)]
        columns += [f"{sum(size.parts for size in sizes) / len(sizes):.2f}"]
        columns += [sum(v for n, v in grown.items() if n > MOST_SHOWN)]
        columns += [sum(size.encoding != "GSM-7" for size in sizes)]
        print(f"| {' | '.join(map(str, columns))} |")
