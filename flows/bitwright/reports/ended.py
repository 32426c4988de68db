"""What stands on the screen when a build has ended: clocks, area, times, where the files are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from bitwright.record import Times
from bitwright.reports.judge import read
from bitwright.reports.read.document import read_json, refuse
from bitwright.reports.table import LABELS, Row, Section, limits, show_tables

if TYPE_CHECKING:
    from bitwright.engine import Step

METRICS = Path("report/metrics.json")
VERDICT = Path("report/verdict.json")
SHOWN = ("report/index.html", "report/metrics.json", "manifest.json")


def sections(build: Path, steps: Sequence[Step]) -> tuple[Section, ...]:
    """The end table of the build in build/<config>/<target>, from its metrics and its steps' times.

    A build without a report (a simulation) has times only. Raises ReportError if the metrics are
    there and damaged.
    """
    found: list[Section] = []
    path = build / METRICS
    if path.exists():
        found += _measured(path)
    if (build / VERDICT).exists():
        found += limits(read(build / VERDICT))
    rows = tuple(_times(steps))
    if rows:
        found.append(Section("step", ("time", "memory", ""), rows))
    return tuple(found)


def files(build: Path, steps: Sequence[Step]) -> tuple[Path, ...]:
    """Where the results are: the last step's outputs that are there, page, metrics, manifest."""
    results = [path for step in steps if step.name == "bitstream" for path in step.writes]
    paths = [*results, *(build / name for name in SHOWN)]
    return tuple(path for path in paths if path.exists())


def show(build: Path, steps: Sequence[Step], stream: IO[str] | None = None) -> None:
    """Print the end table of a build."""
    show_tables(sections(build, steps), files(build, steps), stream)


def _measured(path: Path) -> list[Section]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        refuse(path, "the metrics cannot be read", expected="metrics.json", found=str(error))
    document = read_json(text, origin=path)
    clocks = []
    for clock in document["timing"]["clocks"].items():
        asked, achieved = clock["constraint_mhz"].number(0), clock["achieved_mhz"].number(0)
        cells = (f"{asked:.2f} MHz", f"{achieved:.2f} MHz", f"{clock['wns_ns'].number():+.3f} ns")
        clocks.append(Row(clock["name"].text(), cells, "good" if achieved >= asked else "bad"))
    area = []
    measured = document["utilization"].table()
    for name, label in LABELS.items():
        if name not in measured:  # a link with v++ counts no pins
            continue
        item = document["utilization"][name]
        used, available = item["used"].count(), item["available"].count()
        share = f"{100 * used / available:.1f} %" if available else "-"
        area.append(Row(label, (f"{used:,}", f"{available:,}", share)))
    return [
        Section("clock", ("asked", "achieved", "slack"), tuple(clocks)),
        Section("area", ("used", "available", "share"), tuple(area)),
    ]


def _times(steps: Sequence[Step]) -> Iterable[Row]:
    for step in steps:
        times = Times.read(step.dir)
        if times is not None:
            note = "from the cache" if times.cached else ""
            yield Row(step.name, (f"{times.wall_s:.1f} s", f"{times.peak_rss_mib:.0f} MiB", note))
