"""The history as CSV: a line per build, a column per metric."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from bitwright.reports.history.entry import Entry

ABOUT = ("config", "target", "seed", "clock_mhz", "variant", "usercode", "commit", "dirty", "ended",
         "ok")  # fmt: skip
FORMULA = tuple("=+-@\t\r")  # with which a spreadsheet takes text for a formula


def to_csv(entries: Sequence[Entry]) -> str:
    """CSV with a header, RFC 4180; a metric that a build does not have is an empty cell.

    Text that a spreadsheet would calculate gets an apostrophe in front.
    """
    names = {name for entry in entries for name in entry.measures} - set(ABOUT)
    columns = sorted(names, key=lambda name: ("." in name, name))  # the design's own ones first
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow([*ABOUT, *map(_safe, columns)])
    for entry in entries:
        about = [getattr(entry, name) for name in ABOUT]
        table.writerow([*map(_cell, about), *(entry.measures.get(name, "") for name in columns)])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
