"""Reports of tools as snapshots: every number in them by its dotted name.

    values.resources.lut.used  ->  resources.lut      (a measure: judged)
    values.nets.errors         ->  nets.errors        (no measure: shown)

An element of a list is known by its own name (`clocks[clk].wns_ns`); where elements have none, or
share one, the list is left out: their order is no identity. Timing paths and instances of the
hierarchy are no measures: they are matched by their ends and by their place. What a report says of
the whole design (timing met, simulation passed) is its verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bitwright.reports.compare.snapshot import Instance, Snapshot, TimingPath
from bitwright.reports.measures import MEASURES, RESOURCES
from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import values

NAMED = ("name", "path", "rule", "id", "instance", "site_type", "clock", "label", "module")
STRUCTURE = ("paths", "hierarchy")
NO_QUANTITY = frozenset(
    (
        "missing",
        "available",
        "line",
        "depth",
        "index",
        "base_address",
        "started_ms",
        "ended_ms",
        "written_ms",
    )
)
VALUE = ("used", "worst", "max", "estimated")  # of a measure, the one number that stands for it
FAILED = {"met": "timing missed", "passed": "the simulation failed"}  # what it is where it is false


def snapshot(paths: Sequence[Path]) -> Snapshot:
    """The numbers of one or more reports of tools as one side. Raises ReportError."""
    found = [_read(path) for path in paths]
    if not found:
        raise ValueError("no report to compare")
    first = found[0]
    if len(found) == 1:
        return first
    measures = {name: value for each in found for name, value in each.measures.items()}
    label = ", ".join(each.label for each in found)
    kind = "+".join(sorted(each.kind for each in found))
    broken = tuple(said for each in found for said in each.broken)
    told = [each.ok for each in found if each.ok is not None]
    ok = all(told) if told else None
    return replace(first, label=label, kind=kind, measures=measures, ok=ok, broken=broken)


def _read(path: Path) -> Snapshot:
    from bitwright.reports.read.recognise import read

    report = read(path)
    body = values(report.reading)
    found = {name: body.pop(name, None) for name in STRUCTURE}
    measures = dict(leaves(body))
    told = {name: body[name] for name in FAILED if isinstance(body.get(name), bool)}
    if not measures and not told:
        refuse(path, "nothing to compare", expected="numbers", found=f"none in {report.kind.name}")
    broken_off = report.reading.incomplete
    return Snapshot(
        label=f"{path} (breaks off: {broken_off})" if broken_off else str(path),
        kind=report.kind.name,
        measures=measures,
        part=report.reading.part or "",
        clock_mhz=_fastest_mhz(body.get("clocks")),
        ok=all(told.values()) if told else None,
        broken=tuple(FAILED[name] for name, held in told.items() if not held),
        paths=tuple(_paths(found["paths"])),
        instances=tuple(_instances(found["hierarchy"])),
    )


def _fastest_mhz(clocks: Any) -> float | None:
    """Of the clocks that a timing summary lists: the period that slacks are seen against."""
    rows = clocks if isinstance(clocks, list) else []
    asked = [row.get("frequency_mhz") for row in rows if isinstance(row, Mapping)]
    return max(filter(None, asked), default=None)


def _paths(found: Any) -> Iterator[TimingPath]:
    """The paths of a Vivado report that say where they begin and end."""
    for path in found if isinstance(found, list) else ():
        if not {"source", "destination", "data_path_delay_ns"} <= path.keys():
            return
        yield TimingPath(
            launch=f"{path['type']} {path['source_clock']}".strip(),
            capture=path["destination_clock"],
            start=path["source"],
            end=path["destination"],
            slack_ns=path["slack_ns"],
            delay_ns=path["data_path_delay_ns"],
            logic_ns=path["logic_ns"],
            routing_ns=path["route_ns"],
            levels=path["levels"],
        )


def _instances(found: Any) -> Iterator[Instance]:
    """The instances of a hierarchical utilization, the first of them the top."""
    nodes = found if isinstance(found, list) else []
    for node in nodes:
        if not {"path", "module"} <= node.keys():
            return
        path = node["path"].partition("/")[2].replace(".", "_").replace("/", ".")
        area = {name: node[name] for name in RESOURCES if node.get(name) is not None}
        yield Instance(path, node["module"], area)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Every number below a value with its dotted name."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return
    if isinstance(value, int | float):
        yield _measure(name), float(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in NO_QUANTITY:
                yield from leaves(item, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list):
        for key, item in _elements(value):
            yield from leaves(item, f"{name}[{key}]")


def _elements(items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """The elements of a list that is a table: each has a name, and no two the same."""
    tables = [item for item in items if isinstance(item, Mapping)]
    if len(tables) != len(items):
        return
    for key in NAMED:
        names = [item.get(key) for item in tables]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            yield from zip(map(str, names), tables, strict=True)
            return


def _measure(name: str) -> str:
    """`resources.lut.used` is the lut of `resources`; other names stay."""
    owner, _, last = name.rpartition(".")
    if owner.startswith("violations[") and last == "count":
        return f"{owner}.violations"
    known = owner.rpartition(".")[2] in MEASURES
    return owner if known and last in VALUE else name
