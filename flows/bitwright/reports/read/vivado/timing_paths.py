"""report_timing of Vivado: single paths, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado.header import claims, parse_header
from bitwright.reports.read.vivado.paths import Malformed, Path
from bitwright.reports.read.vivado.timing_details import read_details

COMMAND, TITLE = "report_timing", "\nTiming Report\n"
NOTHING = "No timing paths found."
OPEN_NS = "inf: the path is not constrained"


@dataclass(frozen=True, slots=True)
class TimingPaths:
    """The paths that report_timing was asked for. Times in ns as printed."""

    version: str
    part: str
    design: str
    state: str
    command: str
    worst_slack_ns: float | None  # of the paths here
    paths: tuple[Path, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_timing_paths(text: str, *, origin: FilePath) -> TimingPaths:
    """Read report_timing in its full layout (-path_type full, full_clock, full_clock_expanded).

    Layouts of Vivado 2015.2 to 2025.2 (UG906). A text that breaks off gives the paths before, and
    `incomplete`; ReportError where a path's line is not as known or its numbers disagree.
    """
    header = parse_header(text, origin=origin)
    whole = text[: text.rfind("\n") + 1]
    title = whole.find(TITLE)
    try:
        if title < 0:
            raise Malformed(f"no '{TITLE.strip()}' below the head", len(whole))
        nothing = NOTHING in whole[title:]
        found = read_details(whole.replace(NOTHING, ""), title, filtered=True)
    except Malformed as error:
        problem, at = error.args
        refuse(
            FilePath(f"{origin}:{text.count(chr(10), 0, at) + 1}"),
            problem,
            expected="paths as 'report_timing -path_type full' prints them",
            found=f"a report of Vivado {header.version}",
        )
    slacks = [path.slack_ns for path in found.paths if path.slack_ns is not None]
    missing = {} if slacks else {"worst_slack_ns": NOTHING if nothing else OPEN_NS}
    if len(slacks) < len(found.paths):
        missing["paths[].slack_ns"] = OPEN_NS
    broken = found.broken
    if not broken and (len(whole) < len(text) or not (nothing or whole.endswith("\n\n\n"))):
        broken = f"path {len(found.paths) + 1}"
    return TimingPaths(
        version=header.version,
        part=header.part,
        design=header.design,
        state=header.state,
        command=header.command,
        worst_slack_ns=min(slacks, default=None),
        paths=tuple(found.paths),
        missing=missing,
        incomplete=f"line {text.count(chr(10)) + 1}: ends before {broken}" if broken else "",
    )


KIND = Kind("timing_paths", "Vivado", lambda head: claims(head, COMMAND), parse_timing_paths)
