"""`stat -json` of Yosys: cells by type of every module, and of the whole design."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import Item, read_json, refuse
from bitwright.reports.read.kind import Kind

CLAIM = re.compile(r'\s*\{\s*"creator":\s*"Yosys .*?"num_cells_by_type"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Module:
    """What stands in one module itself; instances of other modules are cells too."""

    name: str
    cells: int
    wires: int
    memories: int
    processes: int
    cells_by_type: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stat:
    version: str  # of Yosys
    part: None
    modules: tuple[Module, ...]  # by name
    design: Module | None  # everything below the top; None where Yosys was told no top
    missing: Mapping[str, str]
    incomplete: str


def parse_yosys_stat(text: str, *, origin: Path) -> Stat:
    """Read what `stat -json` of Yosys 0.20 to 0.70 writes.

    ReportError if no module is there, or if cells by type do not add up to a module's cells.
    """
    document = read_json(text, origin=origin)
    version = version_of(document)
    modules = tuple(
        _module(name.removeprefix("\\"), item) for name, item in document["modules"].entries()
    )
    if not modules:
        refuse(
            origin,
            "no module was counted",
            expected="at least one under 'modules'",
            found="an empty object",
            next="was a design read before 'stat'?",
        )
    whole = _module("", document["design"]) if "design" in document.table() else None
    return Stat(version, None, modules, whole, {}, "")


def version_of(document: Item) -> str:
    """The version of Yosys that wrote this."""
    version = re.match(r"Yosys (\S+)", document["creator"].text())
    return version[1] if version else document["creator"].refuse("'Yosys' and a version")


def cells_of(module: Item) -> dict[str, int]:
    """Cells by type; ReportError if they do not add up to the module's number of cells."""
    cells = {kind: item.count() for kind, item in module["num_cells_by_type"].entries()}
    if sum(cells.values()) != module["num_cells"].count():
        module["num_cells"].refuse(f"{sum(cells.values())}, the sum of the cells by type")
    return cells


def _module(name: str, item: Item) -> Module:
    return Module(
        name=name,
        cells=item["num_cells"].count(),
        wires=item["num_wires"].count(),
        memories=item["num_memories"].count(),
        processes=item["num_processes"].count(),
        cells_by_type=cells_of(item),
    )


KIND = Kind("yosys_stat", "Yosys", lambda head: bool(CLAIM.match(head)), parse_yosys_stat)
