"""Read what place and route reported, judge the clocks, and show it: metrics, page, picture.

A build that misses a clock or breaks a limit of its config ends with exit status 3, each named, the
worst path printed; what was written for a look then lies in `failed/`, where nobody takes it for a
finished report. Exit status 1: there is no verdict, for something could not be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.engine import Judgement, Step, Tool, module_files
from bitwright.errors import BitwrightError, ReportError
from bitwright.limits import NOTHING, Demands, from_json, to_json

if TYPE_CHECKING:
    from bitwright.reports.judge import Verdict
    from bitwright.reports.metrics import Metrics

METRICS = "metrics.json"
VERDICT = "verdict.json"
LIMITS = "limits.json"  # written by the engine before the run: what the build is judged by
PAGE = "index.html"
FLOORPLAN = "floorplan.png"
FAILED = "failed"
BAD = 3  # exit status of a build that misses a clock or breaks a limit
LOCK = Path("requirements.lock")  # the drawing and page libraries shape what is written
ERRORS = (r"^ERROR", r"^  ", r"^\w*Error: ")  # the worst path is printed indented
READS = {
    "timing": "implement/report.json",
    "placement": "implement/placement.json",
    "usercode-from": "implement/record.json",
    "hierarchy": "synthesize/hierarchy.json",
    "netlist": "synthesize/stat.json",
}
LOGS = ("synthesize", "implement")  # steps whose logs are searched for forbidden messages


@dataclass(frozen=True, slots=True)
class Build:
    """What the report is about."""

    config: str
    target: str
    part: str  # LFE5U-85F-6CABGA381
    clock_mhz: float
    steps: tuple[str, ...]  # names, in order; the page links their logs
    demands: Demands = NOTHING


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """The report in the folder `report` below base.

    tools: those that made the bitstream; their versions stand in the metrics
    It reads no Record of synthesis, whose key changes with every comment, and logs, which hold
    times, only where the config forbids messages.
    """
    folder = base / "report"
    command = ["python", "-m", "bitwright.steps.report"]
    command += ["--config", build.config, "--target", build.target, "--part", build.part]
    command += ["--clock-mhz", f"{build.clock_mhz:g}"]
    for option, name in READS.items():
        command += [f"--{option}", f"../{name}"]
    for tool in tools:
        command += ["--tool", f"{tool.name}={tool.version}"]
    logs = [f"{name}/{name}.log" for name in LOGS if build.demands.messages]
    for name in logs:
        command += ["--log", f"../{name}"]
    command += ["--limits", LIMITS, "--steps", *build.steps]
    files = tuple(base / name for name in (*READS.values(), *logs))
    return Step(
        name="report",
        title="timing, area, floorplan",
        dir=folder,
        reads=(*files, LOCK, *module_files("bitwright.steps.report")),
        writes=tuple(folder / name for name in (METRICS, VERDICT, PAGE, FLOORPLAN)),
        command=tuple(command),
        scripts=((LIMITS, json.dumps(to_json(build.demands.of_build), indent=1) + "\n"),),
        after=("implement",),
        phases=((r"^reading", "reading"), (r"^drawing", "drawing")),
        errors=ERRORS,
        judgement=Judgement(BAD, "no bitstream is made", f"open {folder / FAILED / PAGE}"),
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


def read(asked: argparse.Namespace) -> tuple[Metrics, Verdict, Mapping[str, bytes]]:
    """Metrics, verdict, and the files to write. Raises ReportError."""
    from bitwright.reports.device import KNOWN, floor_of
    from bitwright.reports.floorplan import draw, plan
    from bitwright.reports.judge import to_json as verdict_json
    from bitwright.reports.metrics import Subject, measure
    from bitwright.reports.metrics import to_json as metrics_json
    from bitwright.reports.page import render
    from bitwright.reports.read.open.nextpnr import parse_report
    from bitwright.reports.read.open.placement import parse_hierarchy, parse_placement
    from bitwright.reports.read.open.yosys import parse_stat
    from bitwright.reports.read.source import text_at

    print("reading", flush=True)
    usercode = usercode_of(asked.usercode_from)
    tools = dict(tool.split("=", 1) for tool in asked.tool)
    subject = Subject(asked.config, asked.target, asked.part, asked.clock_mhz, usercode, tools)
    routed = parse_report(text_at(asked.timing), origin=asked.timing)
    netlist = parse_stat(text_at(asked.netlist), origin=asked.netlist)
    cells = parse_placement(text_at(asked.placement), origin=asked.placement)
    modules = parse_hierarchy(text_at(asked.hierarchy), origin=asked.hierarchy)
    found = measure(subject, routed, netlist, cells, modules, origin=asked.timing)
    numbers = metrics_json(found)
    verdict = _judge(json.loads(numbers), asked)
    print("drawing", flush=True)
    floor = floor_of(asked.part)
    if floor is None:
        raise ReportError(f"no floor known for part {asked.part} (known: {KNOWN})")
    picture = draw(plan(found, floor), cells)
    up = ".." if verdict.ok else "../.."
    html = render(found, verdict, cells, picture, steps=asked.steps, up=up)
    texts = {METRICS: numbers, VERDICT: verdict_json(verdict), PAGE: html}
    files = {name: text.encode() for name, text in texts.items()}
    return found, verdict, {**files, FLOORPLAN: picture}


def _judge(numbers: Mapping[str, Any], asked: argparse.Namespace) -> Verdict:
    """The verdict on a metrics.json body, by the limits and logs given. Raises ReportError."""
    from bitwright.reports.judge import judge
    from bitwright.reports.read.source import lines_of, text_at

    demands = from_json(json.loads(text_at(asked.limits)))
    with ExitStack() as stack:
        try:
            logs = {f"{log.parent.name}/{log.name}": log.open("rb") for log in asked.log}
        except OSError as error:
            raise ReportError(f"{error.filename}: cannot be read ({error.strerror})") from error
        for stream in logs.values():
            stack.callback(stream.close)
        lines = {name: lines_of(stream) for name, stream in logs.items()}
        return judge(numbers, demands, lines)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def main(argv: Sequence[str]) -> int:
    """Write the report into the current folder; 3 if a limit is broken, 1 if it cannot judge."""
    from bitwright.reports.text import missed, summary, worst_path
    from bitwright.reports.verdict import broken, judged

    parser = argparse.ArgumentParser(prog="python -m bitwright.steps.report")
    for name in ("config", "target", "part"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--clock-mhz", type=float, required=True)
    for name in (*READS, "limits"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--log", type=Path, action="append", default=[])
    parser.add_argument("--tool", action="append", default=[], metavar="NAME=VERSION")
    parser.add_argument("--steps", nargs="*", default=[])
    asked = parser.parse_args(argv)
    try:
        found, verdict, files = read(asked)
    except BitwrightError as error:
        print(f"ERROR: {error}")
        return 1
    write(Path() if verdict.ok else Path(FAILED), files)
    print(summary(found))
    print(judged(verdict))
    if verdict.ok:
        return 0
    if not found.met:
        print(worst_path(found))
        print(missed(found))
    print(broken(verdict))
    return BAD


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
