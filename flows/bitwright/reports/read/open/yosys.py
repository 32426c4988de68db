"""What Yosys made of the sources: cells by type, from `stat -json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import read_json, refuse
from bitwright.reports.read.open.yosys_stat import cells_of, version_of


@dataclass(frozen=True, slots=True)
class Netlist:
    """A flattened netlist, counted."""

    version: str  # of Yosys
    top: str
    cells: Mapping[str, int]  # by type: LUT4, TRELLIS_FF, ...


def parse_stat(text: str, *, origin: Path) -> Netlist:
    """Read the JSON that Yosys's `stat -json` prints for a flattened design.

    text: the whole file, layout of Yosys 0.40 to 0.70
    Raises ReportError if the design has several modules (it is not flat then, and the counts of
    the top module are not the design's) or if the counts do not add up.
    """
    document = read_json(text, origin=origin)
    modules = list(document["modules"].entries())
    if len(modules) != 1:
        refuse(
            origin,
            "the netlist is not flat",
            expected="one module",
            found=", ".join(name for name, _ in modules)[:200] or "none",
        )
    name, module = modules[0]
    return Netlist(version_of(document), name.removeprefix("\\"), cells_of(module))
