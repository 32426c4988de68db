"""Compare: two builds, a build and its baseline, or two reports of a kind.

before, after = Snapshot.of_baseline(path), Snapshot.of_build(folder)
diff = compare(before, after, thresholds=design.demands.thresholds)
diff.worse, render_markdown(diff)
"""

from bitwright.reports.compare.diff import Diff, Row, compare
from bitwright.reports.compare.noise import Band
from bitwright.reports.compare.render import render_json, render_markdown, render_rich
from bitwright.reports.compare.snapshot import Instance, Snapshot, TimingPath
from bitwright.reports.compare.structure import Grown, Moved

__all__ = [
    "Band",
    "Diff",
    "Grown",
    "Instance",
    "Moved",
    "Row",
    "Snapshot",
    "TimingPath",
    "compare",
    "render_json",
    "render_markdown",
    "render_rich",
]
