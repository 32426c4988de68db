"""`python -m bitwright.reports diff A B`: what changed from A to B.

A and B are folders of builds, metrics.json files, baselines, or reports of tools of one kind.
Exit status: 0 nothing got worse, 1 something did, 2 one could not be read or the two could not be
judged against one another.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bitwright.errors import ConfigError, ReportError
from bitwright.limits import Tolerance, metric_fault, parse_tolerance
from bitwright.reports.compare.diff import Diff, compare
from bitwright.reports.compare.render import render_json, render_markdown, render_rich
from bitwright.reports.compare.snapshot import Snapshot

FORMATS = ("table", "markdown", "json")
SAME, WORSE, UNJUDGED = 0, 1, 2


def main(argv: Sequence[str]) -> int:
    """The command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m bitwright.reports diff", description=__doc__)
    parser.add_argument("before", type=Path, metavar="A")
    parser.add_argument("after", type=Path, metavar="B")
    parser.add_argument("--format", choices=FORMATS, default="table")
    parser.add_argument(
        "--threshold",
        action="append",
        default=[],
        metavar="METRIC=AMOUNT",
        help="how much worse is tolerated: achieved_mhz=3%%, wns_ns=0.2",
    )
    asked = parser.parse_args(argv)
    try:
        tolerances = tuple(map(threshold, asked.threshold))
        diff = compare(of(asked.before), of(asked.after), thresholds=tolerances)
    except (ReportError, ConfigError) as error:
        print(error, file=sys.stderr)
        return UNJUDGED
    show(diff, asked.format)
    return status(diff)


def threshold(text: str) -> Tolerance:
    """METRIC=AMOUNT as a config's `thresholds` has it. Raises ConfigError."""
    metric, _, amount = text.partition("=")
    fault = metric_fault(metric)
    if fault:
        raise ConfigError(f"--threshold: {fault}")
    found = parse_tolerance(metric, amount)
    if found is None:
        raise ConfigError(f"--threshold {metric}: expected '3%' or 0.2, found {amount!r}")
    return found


def of(path: Path) -> Snapshot:
    """The snapshot of whatever lies at a path. Raises ReportError."""
    if path.is_dir():
        return Snapshot.of_build(path)
    body = _json(path)
    if "measures" in body and "noise" in body:
        return Snapshot.of_baseline(path)
    if "timing" in body and "utilization" in body:
        return Snapshot.of_metrics(path.read_text(encoding="utf-8"), str(path))
    return Snapshot.of_reports([path])


def _json(path: Path) -> dict[str, object]:
    """The object a JSON file holds; empty for any other file."""
    if path.suffix != ".json":
        return {}
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def show(diff: Diff, form: str) -> None:
    """Print a diff in one of FORMATS."""
    if form == "json":
        sys.stdout.write(render_json(diff))
    elif form == "markdown":
        sys.stdout.write(render_markdown(diff))
    else:
        render_rich(diff, sys.stdout)


def status(diff: Diff) -> int:
    """The exit status that a diff stands for."""
    if diff.worse:
        return WORSE
    return SAME if diff.comparable else UNJUDGED
