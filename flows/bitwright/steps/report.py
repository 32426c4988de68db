"""Read what place and route reported, judge the clocks, and show it: metrics, page, picture.

A build that misses a clock ends with exit status 1 and the worst path printed; what was written for
a look then lies in `failed/`, where nobody takes it for a finished report.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.engine import Step, Tool, module_files
from bitwright.errors import BitwrightError, ReportError

if TYPE_CHECKING:
    from bitwright.reports.metrics import Metrics

METRICS = "metrics.json"
PAGE = "index.html"
FLOORPLAN = "floorplan.png"
FAILED = "failed"
LOCK = Path("requirements.lock")  # the drawing and page libraries shape what is written
ERRORS = (r"^ERROR", r"^  ", r"^\w*Error: ")  # the worst path is printed indented
READS = {
    "timing": "implement/report.json",
    "placement": "implement/placement.json",
    "usercode-from": "implement/record.json",
    "hierarchy": "synthesize/hierarchy.json",
    "netlist": "synthesize/stat.json",
}


@dataclass(frozen=True, slots=True)
class Build:
    """What the report is about."""

    config: str
    target: str
    part: str  # LFE5U-85F-6CABGA381
    clock_mhz: float
    steps: tuple[str, ...]  # names, in order; the page links their logs


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """The report in the folder `report` below base.

    tools: those that made the bitstream; their versions stand in the metrics
    It reads no Record of synthesis, whose key changes with every comment.
    """
    folder = base / "report"
    command = ["python", "-m", "bitwright.steps.report"]
    command += ["--config", build.config, "--target", build.target, "--part", build.part]
    command += ["--clock-mhz", f"{build.clock_mhz:g}"]
    for option, name in READS.items():
        command += [f"--{option}", f"../{name}"]
    for tool in tools:
        command += ["--tool", f"{tool.name}={tool.version}"]
    command += ["--steps", *build.steps]
    files = tuple(base / name for name in READS.values())
    return Step(
        name="report",
        title="timing, area, floorplan",
        dir=folder,
        reads=(*files, LOCK, *module_files("bitwright.steps.report")),
        writes=(folder / METRICS, folder / PAGE, folder / FLOORPLAN),
        command=tuple(command),
        after=("implement",),
        phases=((r"^reading", "reading"), (r"^drawing", "drawing")),
        errors=ERRORS,
    )


def usercode_of(record: Path) -> str:
    """The 8 hex digits that name a routed design: the head of the key of place and route.

    Raises ReportError if the Record is missing or damaged.
    """
    try:
        key = json.loads(record.read_text(encoding="utf-8"))["key"]
        return f"{int(key[:8], 16):08x}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{record}: no Record of place and route ({error})") from error


def read(asked: argparse.Namespace) -> tuple[Metrics, tuple[bytes, str]]:
    """Metrics, and floorplan and page to go with them. Raises ReportError."""
    from bitwright.reports import device, floorplan, metrics, page
    from bitwright.reports.read.open import nextpnr, placement, yosys

    print("reading", flush=True)
    usercode = usercode_of(asked.usercode_from)
    tools = dict(tool.split("=", 1) for tool in asked.tool)
    subject = metrics.Subject(
        asked.config, asked.target, asked.part, asked.clock_mhz, usercode, tools
    )
    routed = nextpnr.parse_report(_text(asked.timing), origin=asked.timing)
    netlist = yosys.parse_stat(_text(asked.netlist), origin=asked.netlist)
    cells = placement.parse_placement(_text(asked.placement), origin=asked.placement)
    modules = placement.parse_hierarchy(_text(asked.hierarchy), origin=asked.hierarchy)
    found = metrics.measure(subject, routed, netlist, cells, modules, origin=asked.timing)
    print("drawing", flush=True)
    floor = device.floor_of(asked.part)
    if floor is None:
        raise ReportError(f"no floor known for part {asked.part} (known: {device.KNOWN})")
    picture = floorplan.draw(floorplan.plan(found, floor), cells)
    up = ".." if found.met else "../.."
    html = page.render(found, cells, picture, steps=asked.steps, up=up)
    return found, (picture, html)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"{path}: cannot be read ({error})") from error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def main(argv: Sequence[str]) -> int:
    """Write the report into the current folder; 1 if a clock is missed or a report unreadable."""
    from bitwright.reports import metrics, text

    parser = argparse.ArgumentParser(prog="python -m bitwright.steps.report")
    for name in ("config", "target", "part"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--clock-mhz", type=float, required=True)
    for name in READS:
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--tool", action="append", default=[], metavar="NAME=VERSION")
    parser.add_argument("--steps", nargs="*", default=[])
    asked = parser.parse_args(argv)
    try:
        found, (picture, html) = read(asked)
    except BitwrightError as error:
        print(f"ERROR: {error}")
        return 1
    numbers = metrics.to_json(found).encode()
    files = {METRICS: numbers, PAGE: html.encode(), FLOORPLAN: picture}
    write(Path() if found.met else Path(FAILED), files)
    print(text.summary(found))
    if found.met:
        return 0
    print(text.worst_path(found))
    print(text.missed(found, Path("build", asked.config, asked.target, "report", FAILED, PAGE)))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
