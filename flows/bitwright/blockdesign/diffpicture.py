"""Two designs in one picture: added green, removed red, changed amber, each with its sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bitwright.blockdesign import draw
from bitwright.blockdesign.diff import ADDED, CHANGED, REMOVED, Change, Difference
from bitwright.blockdesign.draw.marks import Marks
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import Address, BlockDesign, Cell, InterfacePort, Net, Port

T = TypeVar("T")


@dataclass(slots=True)
class _Both:
    """Both designs laid on one another, and what is marked."""

    cells: dict[str, str] = field(default_factory=dict)
    nets: dict[str, str] = field(default_factory=dict)
    pins: dict[tuple[str, str], str] = field(default_factory=dict)
    addresses: dict[tuple[str, str, int | None, int | None], str] = field(default_factory=dict)


def picture(
    found: Difference,
    before: Mapping[str, Instance],
    after: Mapping[str, Instance],
    *,
    subtitle: str = "",
) -> str:
    """The SVG text. before, after: the looks of the cells of each design."""
    design, marks = together(found)
    looks = {**before, **after}
    looks |= {path: _both_looks(before[path], after[path]) for path in before.keys() & after.keys()}
    return draw.svg(design, looks, title=found.after.name, subtitle=subtitle, marks=marks)


def _both_looks(before: Instance, after: Instance) -> Instance:
    """What a cell looks like now, and what it had before: a removed edge ends there."""
    return replace(
        after,
        pins={**before.pins, **after.pins},
        interfaces={**before.interfaces, **after.interfaces},
        spaces={**before.spaces, **after.spaces},
        segments={**before.segments, **after.segments},
    )


def together(found: Difference) -> tuple[BlockDesign, Marks]:
    """One design with everything of both, and what is to be marked in it."""
    both = _Both()
    wires, interfaces = list(found.after.nets), list(found.after.interface_nets)
    gone: list[Change] = []
    for change in found.changes:
        if change.kind in ("cell", "port", "parameter"):
            sign = CHANGED if change.kind == "parameter" else change.sign
            both.cells.setdefault(change.subject, sign)
            gone += [change] if change.sign == REMOVED and change.kind != "parameter" else []
        elif change.kind == "address":
            _mark_address(both, change)
        elif change.kind == "interface":
            _mark_interface(both, interfaces, change)
        else:
            _mark_wire(both, wires, change)
    removed = [change.before for change in gone]
    kept = [change.before for change in found.changes if change.kind == "address"]
    design = BlockDesign.of(
        found.after.name,
        cells=[*found.after.cells, *_of(Cell, removed)],
        ports=[*found.after.ports, *_of(Port, removed)],
        interface_ports=[*found.after.interface_ports, *_of(InterfacePort, removed)],
        nets=wires,
        interface_nets=interfaces,
        addresses=[*found.after.addresses, *_of(Address, kept)],
    )
    return design, Marks(both.cells, both.nets, both.pins, both.addresses)


def _of(kind: type[T], values: Iterable[object]) -> list[T]:
    return [value for value in values if isinstance(value, kind)]


def _mark_address(both: _Both, change: Change) -> None:
    for one, mark in ((change.before, REMOVED), (change.after, ADDED)):
        if one is not None:
            both.addresses[one.space, one.segment, one.offset, one.range] = mark


def _mark_interface(both: _Both, nets: list[Net], change: Change) -> None:
    """An interface that leads elsewhere is shown twice: as it was, and as it is."""
    if change.after is not None:
        both.nets[change.after.name] = ADDED
    if change.before is not None:
        old = replace(change.before, name=f"{change.before.name} (before)")
        both.nets[old.name] = REMOVED
        nets.append(old)


def _mark_wire(both: _Both, nets: list[Net], change: Change) -> None:
    before, after = change.before, change.after
    if after is None:
        old = replace(before, name=f"{before.name} (before)")
        both.nets[old.name] = REMOVED
        nets.append(old)
    elif before is None:
        both.nets[after.name] = ADDED
    else:
        at = next(i for i, net in enumerate(nets) if net is after)
        nets[at] = replace(after, ends=tuple(sorted({*before.ends, *after.ends})))
        both.pins |= {(after.name, end): REMOVED for end in {*before.ends} - {*after.ends}}
        both.pins |= {(after.name, end): ADDED for end in {*after.ends} - {*before.ends}}
