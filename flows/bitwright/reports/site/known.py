"""Whether a metrics.json holds all that the pages show of it, as the types they take it for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bitwright.reports import measures
from bitwright.reports.read.document import read_json, refuse

Body = Mapping[str, Any]


def checked(text: str, origin: Path) -> Body:
    """The body of a metrics.json. Raises ReportError where anything is missing or not as known."""
    body: Body = read_json(text, origin=origin).table()
    try:
        _subject(body)
        _timing(body["timing"])
        _area(body["utilization"])
        _text(body["netlist"]["top"])
        measures.flatten(body)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        refuse(
            origin,
            "these metrics are not as known",
            expected="metrics.json as the report step writes it, schema 1",
            found=f"{type(error).__name__}: {error}"[:300],
            next="run the report step of this build again",
        )
    return body


def _subject(body: Body) -> None:
    for name in ("config", "target", "part", "usercode"):
        _text(body[name])
    _number(body["clock_mhz"], above=0)
    for tool, version in body["tools"].items():
        _text(tool, version)


def _timing(timing: Body) -> None:
    if not isinstance(timing["met"], bool):
        raise TypeError("timing.met is neither true nor false")
    _number(timing["wns_ns"])
    for clock in timing["clocks"]:
        _text(clock["name"])
        _number(clock["constraint_mhz"], above=0)
        _number(clock["achieved_mhz"], clock["wns_ns"])
    for path in timing["worst_paths"]:
        _text(path["launch"], path["capture"])
        _number(path["delay_ns"])
        if path["slack_ns"] is not None:
            _number(path["slack_ns"])
        for stage in path["stages"]:
            _text(stage["kind"], stage["from"], stage["to"], stage["net"], *stage["sources"])
            _number(stage["delay_ns"], *stage["tile"])
            if len(stage["tile"]) != 2:
                raise ValueError("a tile is not two numbers")


def _area(area: Body) -> None:
    for name in measures.RESOURCES:
        if name in area:
            _count(area[name]["used"], area[name]["available"])
    for owner, key in (("parts", "name"), ("hierarchy", "path")):
        for row in area[owner]:
            _text(row[key])
            _count(*(row[name] for name in measures.RESOURCES if name in row))
    for row in area["hierarchy"]:
        _text(row["module"])
    if not area["hierarchy"] or area["hierarchy"][0]["path"]:
        raise ValueError("utilization.hierarchy does not begin with the top")


def _text(*values: Any) -> None:
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"{value!r:.60} is no text")


def _number(*values: Any, above: float = -math.inf) -> None:
    for value in values:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or value <= above:
            raise TypeError(f"{value!r:.60} is no number{'' if above < 0 else ' above zero'}")


def _count(*values: Any) -> None:
    for value in values:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise TypeError(f"{value!r:.60} is no count")
