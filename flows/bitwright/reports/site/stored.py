"""The critical paths of a stored build: from metrics.json back to what paths.py draws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bitwright.reports.paths import Drawing, draw
from bitwright.reports.read.open.nextpnr import CriticalPath, Stage

# The last primitive in a cell's name is what the cell is; autoname puts it there.
PRIMITIVES = re.compile(
    r"TRELLIS_FF|LUT4|PFUMX|L6MUX21|CCU2C?|DPR16X4|DP16KD|MULT18X18D|tr_io|IOL$"
)
KINDS = {
    "TRELLIS_FF": "flip-flop",
    "DP16KD": "block RAM",
    "MULT18X18D": "multiplier",
    "DPR16X4": "LUT RAM",
    "tr_io": "pin",
    "IOL": "pin register",
}


class _Kinds(dict[str, str]):
    """Cell -> what it is, by its name."""

    def get(self, cell: str, default: Any = None) -> Any:
        found = PRIMITIVES.findall(cell)
        return KINDS.get(found[-1], "LUT") if found else default


def drawings(body: Mapping[str, Any]) -> tuple[Drawing, ...]:
    """The worst paths of a metrics.json, least slack first."""
    return tuple(_drawing(path) for path in body["timing"]["worst_paths"] if path["stages"])


def _drawing(path: Mapping[str, Any]) -> Drawing:
    slack = path["slack_ns"]
    window = None if slack is None else slack + path["delay_ns"]
    stages = tuple(_stage(stage) for stage in path["stages"])
    found = CriticalPath(path["launch"], path["capture"], stages)
    return draw(found, slack_ns=slack, window_ns=window, kinds=_Kinds())


def _stage(stage: Mapping[str, Any]) -> Stage:
    from_cell, _, from_port = stage["from"].rpartition(".")
    to_cell, _, to_port = stage["to"].rpartition(".")
    x, y = stage["tile"]
    return Stage(
        kind=stage["kind"],
        delay_ns=stage["delay_ns"],
        from_cell=from_cell,
        from_port=from_port,
        to_cell=to_cell,
        to_port=to_port,
        x=x,
        y=y,
        net=stage["net"],
        sources=tuple(stage["sources"]),
    )
