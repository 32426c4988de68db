"""What the page of one build shows, and the files of the build that the site takes along."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError
from bitwright.reports import floorplan
from bitwright.reports.paths import Drawing
from bitwright.reports.site import messages, overview, stored
from bitwright.reports.site.gather import METRICS, STEPS, Build, judged, shown, timings
from bitwright.reports.site.treemap import tree_map

MAPPED = ("lut", "ff", "bram_18k", "uram", "dsp")  # resources with a tree map
LABELS = {
    "lut": "LUT",
    "ff": "Flip-flop",
    "bram_18k": "Block RAM, 18 Kbit",
    "uram": "UltraRAM",
    "dsp": "Multiplier",
    "io": "Pin",
}
# What a file of a build holds; the site takes along those that are there.
FILES = {
    "manifest.json": "sources, commit, tools, settings, outputs, with SHA-256",
    "timings.json": "time and memory of each step",
    "implement/report.json": "timing and utilisation, as place and route wrote them",
    "synthesize/stat.json": "cells of the netlist, as synthesis counted them",
}
REPORT = {
    "metrics.json": "the numbers of this page",
    "verdict.json": "each limit, judged",
    "index.html": "the report as the build left it, in one file",
    "floorplan.png": "every placed cell, coloured by part",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the build that the site has a copy of."""

    name: str  # its path from the build's folder
    link: str  # its copy, from the folder of the site
    holds: str
    step: str = ""  # whose log or record it is


@dataclass(frozen=True, slots=True)
class Span:
    """One step in time; `start_s` from the first step's start, idle time between steps left out."""

    name: str
    start_s: float
    wall_s: float
    peak_rss_mib: float | None
    cached: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything on the page besides the Build itself; empty where a build has none of it."""

    body: Mapping[str, Any]
    judged: tuple[Mapping[str, Any], ...]
    shares: Mapping[str, tuple[float, float]]
    clock: Mapping[str, Any] | None  # the row of timing.clocks that achieved_mhz is of
    worst: str  # name of the clock that the worst slack is of; empty: between clocks
    drawings: tuple[Drawing, ...]
    tree: Any
    parts: Any
    spans: tuple[Span, ...]
    folder: str  # where the build lies, from the root; empty where only the history has it
    files: tuple[File, ...]
    floorplan: str  # link; empty without
    picture_size: tuple[int, int]
    diagrams: tuple[File, ...]
    logs: tuple[messages.Log, ...]
    power: messages.Power | None
    problems: tuple[str, ...]


def of(build: Build, root: Path, site: Path) -> Detail:
    """The details of one build; copies its files into `site`. A damaged file is a problem."""
    problems: list[str] = []
    body = build.body if build.metrics and not build.problem else {}
    files = tuple(_files(build, root, site))
    links = {file.name.rpartition("/")[2]: file.link for file in files}
    rows: tuple[Mapping[str, Any], ...] = ()
    if build.folder is not None:
        rows = _judged(build.folder, root)
    clocks = body["timing"]["clocks"] if body else ()
    readings = messages.of(build.folder, root, problems) if build.folder else messages.NOTHING
    picture = links.get("floorplan.png", "")
    area = body.get("utilization", {})
    top = str(body.get("netlist", {}).get("top", "top"))
    return Detail(
        body=body,
        judged=rows,
        shares=overview.shares(build),
        clock=_clock(clocks, "achieved_mhz", build),
        worst=(_clock(clocks, "wns_ns", build) or {}).get("name", ""),
        drawings=stored.drawings(body) if body else (),
        tree=tree_map(area["hierarchy"], top, MAPPED) if area else None,
        parts=_parts(area) if area else None,
        spans=_spans(build, root),
        folder=shown(build.folder, root).as_posix() if build.folder else "",
        files=files,
        floorplan=picture,
        picture_size=_size(site / picture) if picture else (0, 0),
        diagrams=tuple(file for file in files if file.link.endswith(".svg")),
        logs=readings.logs,
        power=readings.power,
        problems=tuple(problems),
    )


def _judged(folder: Path, root: Path) -> tuple[Mapping[str, Any], ...]:
    try:
        path = next((folder / name for name in METRICS if (folder / name).exists()), None)
        verdict = judged(path.parent, root) if path else None
    except ReportError:  # told as the build's own problem already
        return ()
    return tuple(_told(verdict["judged"])) if verdict else ()


def _clock(
    clocks: Iterable[Mapping[str, Any]], name: str, build: Build
) -> Mapping[str, Any] | None:
    """The clock whose number the build's own is; None where it is none of a single clock."""
    return next((clock for clock in clocks if clock[name] == build.measures[name]), None)


def _told(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What nobody wrote is left out where a limit asks for as much of the same; missed first."""

    def rank(row: Mapping[str, Any]) -> int:
        return 2 if row["ok"] else 1 if row["waived"] is not None else 0

    for row in sorted(rows, key=rank):
        implied = row["limit"] == "asked" and row["ok"]
        if not implied or not any(
            other["metric"] == row["metric"]
            and other is not row
            and other["margin"] <= row["margin"]
            for other in rows
        ):
            yield row


def _parts(area: Mapping[str, Any]) -> dict[str, Any]:
    """Area by part, for the stacked bars: the colours are those of the floorplan."""
    names = [name for name in MAPPED if area.get(name, {}).get("used")]
    return {
        "names": names,
        "labels": [LABELS[name] for name in names],
        "parts": [
            {
                "name": part["name"],
                "colour": "#{:02x}{:02x}{:02x}".format(
                    *floorplan.COLOURS.get(part["name"], floorplan.SOFT)
                ),
                "counts": [part.get(name, 0) for name in names],
            }
            for part in area.get("parts", ())
        ],
    }


def _spans(build: Build, root: Path) -> tuple[Span, ...]:
    """The steps in order of time; from the history, only their lengths are known."""
    rows: Mapping[str, Mapping[str, Any]] = {}
    if build.folder is not None:
        try:
            rows = timings(build.folder, root)
        except ReportError:  # told as the build's own problem already
            rows = {}
    if not rows:
        found = [name[5:-7] for name in build.measures if name.startswith("step.")]
        names = [name for name in dict.fromkeys(found) if f"step.{name}.wall_s" in build.measures]
        order = sorted(names, key=lambda n: (STEPS.index(n) if n in STEPS else len(STEPS), n))
        rows = {
            name: {
                "wall_s": build.measures[f"step.{name}.wall_s"],
                "peak_rss_mib": build.measures.get(f"step.{name}.peak_rss_mib"),
                "cached": False,
                "ended": "",
            }
            for name in order
        }
    return tuple(_laid_out(rows))


def _laid_out(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Span]:
    def began(item: tuple[str, Mapping[str, Any]]) -> datetime:
        return _time(item[1]["ended"]) - timedelta(seconds=item[1]["wall_s"])

    # What came from the cache ran some other day: then the steps stand end to end, as planned.
    timed = all(_known(row["ended"]) and not row["cached"] for row in rows.values())
    order = sorted(rows.items(), key=began) if timed else list(rows.items())
    idle, end = 0.0, 0.0
    first = began(order[0]) if timed and order else None
    for name, row in order:
        start = end
        if first is not None:
            start = (began((name, row)) - first).total_seconds() - idle
            if start > end - 2:  # a pause, or `ended` rounded to seconds
                idle, start = idle + start - end, end
        end = max(end, start + row["wall_s"])
        yield Span(name, round(start, 3), row["wall_s"], row["peak_rss_mib"], row["cached"])


def _known(ended: str) -> bool:
    try:
        _time(ended)
    except ValueError:
        return False
    return True


def _time(ended: str) -> datetime:
    return datetime.strptime(ended, "%Y-%m-%dT%H:%M:%SZ")


def _files(build: Build, root: Path, site: Path) -> Iterator[File]:
    """Copy what a reader may want to look up; the same paths below files/<id> as in the build."""
    if build.folder is None:
        return
    folder = build.folder
    report = next((name for name in METRICS if (folder / name).exists()), METRICS[0])
    place = Path(report).parent
    wanted = {f"{place}/{name}": (holds, "") for name, holds in REPORT.items()}
    wanted |= {name: (holds, "") for name, holds in FILES.items()}
    wanted |= {f"bd/{path.name}": ("the block design", "") for path in folder.glob("bd/*.svg")}
    for step in STEPS:
        wanted[f"{step}/{step}.log"] = (f"what {step} printed", step)
        wanted[f"{step}/record.json"] = ("what it was made of", step)
    for name, (holds, step) in wanted.items():
        source, copy = folder / name, Path("files", build.id, name)
        if source.is_file():
            (site / copy).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, site / copy)
            yield File(name, copy.as_posix(), holds, step)


def _size(png: Path) -> tuple[int, int]:
    """Width and height of a PNG, so that the page does not move when it arrives; (0, 0) else."""
    head = png.read_bytes()[:24]
    if not head.startswith(b"\x89PNG") or len(head) < 24:
        return 0, 0
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def duration(spans: Sequence[Span]) -> str:
    """From the first start to the last end, for people: 6 min 12 s."""
    seconds = max((span.start_s + span.wall_s for span in spans), default=0.0)
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def plain(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The spans as JSON holds them."""
    return [asdict(span) for span in spans]
