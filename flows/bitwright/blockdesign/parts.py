"""Pieces of a block design and how they add up.

What stands in two parts must say the same, but parameters, ends of nets and addresses add up; of a
parameter the later part counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from bitwright.blockdesign.model import (
    KINDS,
    Address,
    Cell,
    InterfacePort,
    Net,
    Pairs,
    Port,
    pairs,
)
from bitwright.yamlfile import Faults, shown

EVERY_BANK = -1  # for the range of an address that stands for each bank of the memory
_VISIBLE = re.compile(r"[!-~]([ -~]{0,126}[!-~])?")


@dataclass(frozen=True, slots=True)
class CellPart:
    """What one place says of a cell."""

    cell: Cell  # kind is "" where another part says what the cell is
    preset: str = ""  # of the board, whose parameters the cell takes
    values: Pairs = ()  # parameter, and what of the design it takes: clock_mhz, kernels


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a block design."""

    cells: tuple[CellPart, ...] = ()
    ports: tuple[Port, ...] = ()
    interface_ports: tuple[InterfacePort, ...] = ()
    interface_nets: tuple[Net, ...] = ()
    nets: tuple[Net, ...] = ()
    addresses: tuple[Address, ...] = ()
    banks: tuple[Address, ...] = ()  # {bank} in the segment: stands for every bank of the board


def said(name: str) -> str:
    """A name as a message may hold it: as it is where it can be seen, else in quotes."""
    return name if _VISIBLE.fullmatch(name) else shown(name)


def is_pattern(one: Address) -> bool:
    """Whether it stands for one address for each bank of the board's memory."""
    return one.range == EVERY_BANK


def join(parts: Iterable[Part], faults: Faults) -> Part:
    """One part of many; ConfigError where two of them contradict each other."""
    every = tuple(parts)
    cells: dict[str, CellPart] = {}
    for one in (one for part in every for one in part.cells):
        known = cells.get(one.cell.path)
        cells[one.cell.path] = _both(known, one, faults) if known else one
    for one in cells.values():
        if not one.cell.kind:
            kinds = ", ".join(KINDS)
            faults.add(
                one.cell.place.line, f"{said(one.cell.path)}: nothing says what it is ({kinds})"
            )
    joined = Part(
        tuple(cells.values()),
        _unique((port for part in every for port in part.ports), faults),
        _unique((port for part in every for port in part.interface_ports), faults),
        _nets(net for part in every for net in part.interface_nets),
        _nets(net for part in every for net in part.nets),
        _addresses((one for part in every for one in part.addresses), faults),
        tuple(one for part in every for one in part.banks),
    )
    faults.check()
    return joined


def _both(one: CellPart, other: CellPart, faults: Faults) -> CellPart:
    """What two parts say of a cell; of a parameter the later one counts."""
    a, b = one.cell, other.cell
    if b.kind and a.kind and (a.kind, a.type, a.version) != (b.kind, b.type, b.version):
        text = f"{said(b.path)}: {said(b.type)}; it is {said(a.type)} on line {a.place.line}"
        faults.add(b.place.line, text)
    first = a if a.kind else b
    parameters = pairs({**dict(a.parameters), **dict(b.parameters)})
    cell = Cell(a.path, first.kind, first.type, first.version, parameters, first.place)
    values = pairs({**dict(one.values), **dict(other.values)})
    return CellPart(cell, one.preset or other.preset, values)


_Ported = TypeVar("_Ported", Port, InterfacePort)


def _unique(ports: Iterable[_Ported], faults: Faults) -> tuple[_Ported, ...]:
    found: dict[str, _Ported] = {}
    for port in ports:
        if port.path in found and found[port.path] != port:
            line = found[port.path].place.line
            faults.add(port.place.line, f"{said(port.path)} is another port on line {line}")
        found.setdefault(port.path, port)
    return tuple(found.values())


def _nets(nets: Iterable[Net]) -> tuple[Net, ...]:
    found: dict[str, Net] = {}
    for net in nets:
        known = found.get(net.name)
        found[net.name] = Net(net.name, (*known.ends, *net.ends), known.place) if known else net
    return tuple(found.values())


def _addresses(addresses: Iterable[Address], faults: Faults) -> tuple[Address, ...]:
    found: dict[tuple[str, str], Address] = {}
    for one in addresses:
        known = found.setdefault((one.space, one.segment), one)
        if known != one:
            first = f"in {said(one.space)} on line {known.place.line}"
            faults.add(one.place.line, f"{said(one.segment)} stands elsewhere {first}")
    return tuple(found.values())
