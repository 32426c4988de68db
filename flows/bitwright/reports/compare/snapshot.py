"""One side of a comparison: the numbers, paths and instances of a build, a baseline or a report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bitwright.reports.compare.noise import Band, Spread, bands
from bitwright.reports.measures import RESOURCES, numbers
from bitwright.reports.read.document import read_json, refuse

REPORT, FAILED = Path("report"), Path("report/failed")
METRICS, VERDICT, MANIFEST = "metrics.json", "verdict.json", "manifest.json"
MANIFESTS, PLACED = "manifests", Path("implement/record.json")
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class TimingPath:
    """A worst path, known by its ends."""

    launch: str  # posedge NET, <async>
    capture: str
    start: str  # cell
    end: str
    slack_ns: float | None  # None: nothing constrains it
    delay_ns: float
    logic_ns: float
    routing_ns: float
    levels: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance with all below it."""

    path: str  # dotted; "" is the top
    module: str  # "" for a generate scope
    area: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of one side."""

    label: str  # for people: where it came from
    kind: str  # build; of other reports their kind
    measures: Mapping[str, float]  # flat names of reports/measures.py, without those of instances
    config: str = ""
    target: str = ""
    part: str = ""
    clock_mhz: float | None = None  # asked for
    seed: int | None = None
    usercode: str = ""
    commit: str = ""
    ok: bool | None = None  # the verdict; None where there is none
    broken: tuple[str, ...] = ()  # limits that failed
    paths: tuple[TimingPath, ...] = ()
    instances: tuple[Instance, ...] = ()
    spreads: Mapping[str, Spread] = field(default_factory=dict)  # over seeds; of baselines

    def bands(self) -> dict[str, Band]:
        """The noise band of each measure; empty unless this is a baseline of several seeds."""
        return bands(self.spreads, facts(self.measures, self.measures))

    @staticmethod
    def of_build(folder: Path) -> Snapshot:
        """The build in a folder, also one whose report failed. Raises ReportError."""
        place = REPORT if (folder / REPORT / METRICS).is_file() else FAILED
        path = folder / place / METRICS
        if not path.is_file():
            refuse(
                folder / REPORT / METRICS,
                "there is no build to compare",
                expected="the metrics of a build",
                found="no such file, nor one in report/failed/",
                next=_how_to_build(folder),
            )
        found = _of_metrics(_load(path), path, str(folder))
        verdict = _verdict(path.with_name(VERDICT), default=place == REPORT)
        return replace(found, **verdict, **_origin(folder, found.usercode))

    @staticmethod
    def of_metrics(text: str, label: str) -> Snapshot:
        """A metrics.json given as text: of the history, for one. Raises ReportError."""
        body = read_json(text, origin=Path(label)).table()
        return _of_metrics(body, Path(label), label)

    @staticmethod
    def of_baseline(path: Path) -> Snapshot:
        """A file of reports/baselines/. Raises ReportError."""
        from bitwright.reports.compare.baseline import parse

        return parse(path.read_text(encoding="utf-8"), origin=path)

    @staticmethod
    def of_reports(paths: Iterable[Path]) -> Snapshot:
        """Reports of tools: every number of a known unit. Raises ReportError."""
        from bitwright.reports.compare.leaves import snapshot

        return snapshot(tuple(paths))


def facts(a: Mapping[str, float], b: Mapping[str, float]) -> list[str]:
    """The names to compare, one a fact: the slack of a clock says what its frequency says, and
    the frequency of the design is that of one of its clocks."""
    names = list(dict.fromkeys((*a, *b)))
    known = set(names)
    own = (a.get("achieved_mhz"), b.get("achieved_mhz"))

    def twice(name: str) -> bool:
        if not name.startswith("clock."):
            return False
        owner, _, last = name.rpartition(".")
        if last == "wns_ns":
            return f"{owner}.achieved_mhz" in known
        return last == "achieved_mhz" and (a.get(name), b.get(name)) == own

    return [name for name in names if not twice(name)]


def _load(path: Path) -> dict[str, Any]:
    try:
        return read_json(path.read_text(encoding="utf-8"), origin=path).table()
    except (OSError, UnicodeDecodeError) as error:
        refuse(path, "cannot be read", expected="a JSON file", found=str(error))


def _of_metrics(body: Mapping[str, Any], origin: Path, label: str) -> Snapshot:
    try:
        measured = {name: number.value for name, number in numbers(body).items()}
        return Snapshot(
            label=label,
            kind="build",
            measures={k: v for k, v in measured.items() if not k.startswith("instance.")},
            config=body["config"],
            target=body["target"],
            part=body["part"],
            clock_mhz=float(body["clock_mhz"]),
            usercode=body["usercode"],
            ok=bool(body["timing"]["met"]),
            paths=tuple(_path(path) for path in body["timing"]["worst_paths"]),
            instances=tuple(_instance(node) for node in body["utilization"]["hierarchy"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        refuse(
            origin,
            "these metrics are not as known",
            expected="a metrics.json of schema 1",
            found=f"{type(error).__name__}: {error}"[:120],
        )


def _path(path: Mapping[str, Any]) -> TimingPath:
    return TimingPath(
        launch=path["launch"],
        capture=path["capture"],
        start=path["from_cell"],
        end=path["to_cell"],
        slack_ns=path["slack_ns"],
        delay_ns=path["delay_ns"],
        logic_ns=path["logic_ns"],
        routing_ns=path["routing_ns"],
        levels=path["levels"],
    )


def _instance(node: Mapping[str, Any]) -> Instance:
    area = {name: node[name] for name in RESOURCES if name in node}
    return Instance(node["path"], node["module"], area)


def _how_to_build(folder: Path) -> str:
    if folder.parent.parent.name != "build":
        return "name a metrics.json, a report, or the folder of a build: build/<config>/<target>"
    return f"./doit bitstream config={folder.parent.name} target={folder.name}"


def _verdict(path: Path, *, default: bool) -> dict[str, Any]:
    """ok and broken limits; by where the report lies for one written before there were verdicts."""
    from bitwright.reports import judge

    if not path.is_file():
        return {"ok": default}
    verdict = judge.read(path)
    return {"ok": verdict.ok, "broken": tuple(each.metric for each in verdict.failed)}


def _origin(folder: Path, usercode: str) -> dict[str, Any]:
    """Seed and commit of the build with that USERCODE, as far as its folder tells.

    A build that went to its end has a manifest; of one that failed its report place and route
    knows the seed.
    """
    for path in (folder / MANIFEST, folder / MANIFESTS / f"{usercode}.json", folder / PLACED):
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            if path.name == PLACED.name:
                known = body["key"].startswith(usercode)
                seed, commit = body["parts"]["settings"]["seed"], ""
            else:
                known = body["usercode"] == usercode
                seed, commit = body["settings"]["seed"], (body["git"] or {}).get("commit", "")
            if known:
                return {"seed": int(seed), "commit": commit}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return {}
