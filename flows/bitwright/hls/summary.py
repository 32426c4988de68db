"""What HLS estimates of a kernel, as tables for a terminal: speed, loops, area, complaints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bitwright.reports.judge import Verdict, read
from bitwright.reports.read.document import read_json, refuse
from bitwright.reports.table import LABELS, Row, Section, limits, plain

SHOWN = 10  # rows of a table: the slowest; metrics.json has all
WIDEST = 48  # characters of a name; modules are called after all the loops in them
OPEN = "?"  # where HLS knows no bound


def summary(body: Mapping[str, Any], verdict: Verdict | None = None) -> str:
    """The tables as plain lines. body: of a metrics.json of HLS."""
    return plain(sections(body, verdict), ())


def of_run(folder: Path) -> tuple[Section, ...]:
    """The tables of the run in a folder; none for a core without a signature.

    Raises ReportError if its metrics or verdict are damaged.
    """
    path = folder / "metrics.json"
    if not path.exists():
        return ()
    body = read_json(path.read_text(encoding="utf-8", errors="replace"), origin=path).table()
    try:
        return sections(body, read(folder / "verdict.json"))
    except (KeyError, TypeError, AttributeError) as error:
        refuse(
            path, "these are no metrics of HLS", expected="what to_json writes", found=repr(error)
        )


def sections(body: Mapping[str, Any], verdict: Verdict | None = None) -> tuple[Section, ...]:
    """The tables; those that would be empty are not there."""
    slow, failed = body["ii_violations"], body["bursts"]["failed"]
    found = [
        Section(f"HLS of {body['kernel']}", ("latency", "interval", "clock"), _speed(body)),
        Section("loop", ("trips", "II", "latency"), _loops(body)),
        Section("area", ("used", "available", "share"), tuple(_area(body["resources"]))),
        Section("slower than asked", ("II", "asked", "at"), tuple(map(_slow, slow))),
        Section("no full burst", ("port", "message", "at"), tuple(map(_burst, failed))),
        *(limits(verdict) if verdict else ()),
    ]
    return tuple(section for section in found if section.rows)


def _speed(body: Mapping[str, Any]) -> tuple[Row, ...]:
    """The kernel, then its slowest modules; cycles of the longest run."""
    modules = sorted(body["modules"], key=lambda m: -(m["interval_cycles"]["max"] or 0))
    rows = [_speed_of(each["name"], each) for each in modules[:SHOWN]]
    return (_speed_of("the kernel", body), *rows, *_more(modules))


def _speed_of(name: str, of: Mapping[str, Any]) -> Row:
    clock = of["clock_ns"]
    target, margin, estimated = (clock[key] for key in ("target", "uncertainty", "estimated"))
    known = None not in (target, estimated)
    late = known and estimated > target - (margin or 0)
    cells = (
        _count(of["latency_cycles"]["worst"]),
        _count(of["interval_cycles"]["max"]),
        f"{estimated:.3f} ns" if estimated is not None else OPEN,
    )
    return Row(_short(name), cells, "bad" if late else "")


def _loops(body: Mapping[str, Any]) -> tuple[Row, ...]:
    """The pipelined loops, slowest first; what was asked for stands behind a missed II."""
    asked = {
        (each["module"], each["loop"]): each["ii_target_cycles"] for each in body["ii_violations"]
    }
    every = [("", loop) for loop in _nested(body["loops"])]
    for module in body["modules"]:
        every += [(module["name"], loop) for loop in _nested(module["loops"])]
    every = [(name, loop) for name, loop in every if loop["pipelined"]]
    every.sort(key=lambda each: -(each[1]["latency_cycles"]["max"] or 0))
    rows = []
    for name, loop in every[:SHOWN]:
        key = (name or body["kernel"], loop["name"])
        ii = _count(loop["ii_cycles"])
        trips, latency = (_count(loop[key]["max"]) for key in ("trip_count", "latency_cycles"))
        missed = key in asked
        cells = (trips, f"{ii}, not {asked[key] or 'as asked'}" if missed else ii, latency)
        rows.append(Row(_short(loop["name"]), cells, "bad" if missed else ""))
    return (*rows, *_more(every))


def _nested(loops: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for loop in loops:
        yield loop
        yield from _nested(loop["loops"])


def _area(resources: Mapping[str, Any]) -> Iterable[Row]:
    for name, use in resources.items():
        used, available = use["used"], use["available"]
        if used is not None:
            share = f"{100 * used / available:.1f} %" if available else "-"
            room = f"{available:,}" if available is not None else "-"
            mark = "bad" if available is not None and used > available else ""
            yield Row(LABELS.get(name, name.upper()), (f"{used:,}", room, share), mark)


def _slow(each: Mapping[str, Any]) -> Row:
    name = each["loop"] or each["module"]
    cells = (_count(each["ii_cycles"]), _count(each["ii_target_cycles"]), each["source"] or "-")
    return Row(_short(name), cells, "bad")


def _burst(each: Mapping[str, Any]) -> Row:
    cells = (each["interface"] or "-", each["code"] or "-", each["source"] or "-")
    return Row(_short(each["variable"] or each["problem"]), cells, "bad")


def _more(every: Sequence[object]) -> tuple[Row, ...]:
    rest = len(every) - SHOWN
    return (Row(f"and {rest} faster", ("", "", "")),) if rest > 0 else ()


def _count(number: int | None) -> str:
    return OPEN if number is None else f"{number:,}"


def _short(name: str) -> str:
    """The name, its middle left out where it is too long for a line."""
    half = (WIDEST - 1) // 2
    return name if len(name) <= WIDEST else f"{name[:half]}…{name[-half:]}"
