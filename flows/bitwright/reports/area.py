"""What each instance of the hierarchy, and each part of the design, takes of the chip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from bitwright.reports.read.open.placement import Cell

# Placed cells that count, and under which name. DP16KD is one block of 18 Kbit.
COUNTED: Mapping[str, str] = {
    "TRELLIS_COMB": "lut",
    "TRELLIS_FF": "ff",
    "DP16KD": "bram_18k",
    "MULT18X18D": "dsp",
    "TRELLIS_IO": "io",
}


@dataclass(frozen=True, slots=True)
class Area:
    """Resources used, counted in cells of the chip."""

    lut: int = 0
    ff: int = 0
    bram_18k: int = 0
    dsp: int = 0
    io: int = 0

    def __add__(self, other: Area) -> Area:
        return Area(*(getattr(self, n) + getattr(other, n) for n in RESOURCES))


RESOURCES = tuple(field.name for field in fields(Area))


@dataclass(frozen=True, slots=True)
class Instance:
    """One node of the hierarchy."""

    path: str  # dotted, from the top; "" is the top itself
    module: str  # its definition; "" for a generate scope
    area: Area  # with everything below it

    @property
    def depth(self) -> int:
        return len(self.path.split(".")) if self.path else 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the design as a person sees it: a legend entry of the floorplan."""

    name: str
    area: Area


# Parts, first match wins. `cell` is searched in the cell's dotted name. Own cores are known by
# their instances; what LiteX generates is one flat module, known by the prefixes of its signals.
PARTS: tuple[tuple[str, str], ...] = (
    ("Processing elements", r"\bu_array\b"),  # Yosys names much of them after the wires between
    ("Buffer of A", r"\bu_(a|buffer_a)\b"),
    ("Buffer of B", r"\bu_(b|buffer_b)\b"),
    ("Tiles and requantiser", r"\bu_(tile|drain|scales|requantiser)\b"),
    ("Memory access", r"\bu_(mm2s|s2mm|load|loads|place)\b"),
    ("Control", r"\bu_(regs|ctrl|setup|sequence|engine)\b|^matmul\."),
    ("SDRAM controller", r"sdram|litedram|dfi|bankmachine|refresher"),
    ("UART bridge", r"uart|rs232|serial"),
)
REST = "Bus, clock and reset"
_RULES = tuple((name, re.compile(rule)) for name, rule in PARTS)
_ELEMENT = re.compile(r"gen_row\[(\d+)\]\.gen_col\[(\d+)\]")


def element(cell: str) -> tuple[int, int] | None:
    """(row, column) of the processing element a cell belongs to, None for any other cell."""
    place = _ELEMENT.search(cell)
    return (int(place[1]), int(place[2])) if place else None


def part_of(cell: str) -> str:
    """The part of the design a cell belongs to, by its name."""
    return next((name for name, rule in _RULES if rule.search(cell)), REST)


def parts(cells: Iterable[Cell]) -> tuple[Part, ...]:
    """Area by part, in the order of PARTS, parts without a counted cell left out."""
    sums: dict[str, dict[str, int]] = {}
    for cell in cells:
        if cell.kind in COUNTED:
            own = sums.setdefault(part_of(cell.name), dict.fromkeys(RESOURCES, 0))
            own[COUNTED[cell.kind]] += 1
    order = [*(name for name, _ in PARTS), REST]
    return tuple(Part(name, Area(**sums[name])) for name in order if name in sums)


def hierarchy(cells: Iterable[Cell], modules: Mapping[str, str]) -> tuple[Instance, ...]:
    """Area by instance, each with all below it, depth first, siblings in natural order.

    modules: instance path -> module; generate scopes on the way need no entry of their own.
    A cell belongs to the longest instance path that its dotted name starts with.
    """
    own: dict[str, dict[str, int]] = {}
    for cell in cells:
        if cell.kind in COUNTED:
            path = _owner(cell.name, modules)
            own.setdefault(path, dict.fromkeys(RESOURCES, 0))[COUNTED[cell.kind]] += 1
    total: dict[str, Area] = {path: Area() for path in modules} | {"": Area()}
    for path, counts in own.items():
        area = Area(**counts)
        for above in _ancestors(path):
            total[above] = total.get(above, Area()) + area
    order = sorted(total, key=_natural)
    return tuple(Instance(path, modules.get(path, ""), total[path]) for path in order)


def _owner(cell: str, modules: Mapping[str, str]) -> str:
    end = cell.rfind(".")
    while end > 0:
        if cell[:end] in modules:
            return cell[:end]
        end = cell.rfind(".", 0, end)
    return ""


def _ancestors(path: str) -> list[str]:
    """The path itself and all above it, the top ("") included."""
    names = path.split(".") if path else []
    return [".".join(names[:count]) for count in range(len(names) + 1)]


def _natural(path: str) -> list[list[tuple[int, str]]]:
    """Sort key: gen_row[2] before gen_row[10], children after their parent."""
    if not path:
        return []
    return [
        [(int(bit), "") if bit.isdigit() else (-1, bit) for bit in re.split(r"(\d+)", name)]
        for name in path.split(".")
    ]
