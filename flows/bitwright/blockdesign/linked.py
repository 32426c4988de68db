"""What v++ is told of a block design: which memory a bundle sees, which region a kernel is in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bitwright.blockdesign.model import BlockDesign, Cell, parent

_BANK = re.compile(r"(\d+)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """An AXI master of a kernel and the banks it sees: sp=<cell>.<interface>:HBM[first:last]."""

    cell: str
    interface: str
    first: int
    last: int


def platform(design: BlockDesign) -> Cell:
    """The cell that stands for the shell; KeyError if the design has none."""
    for cell in design.cells:
        if cell.kind == "platform":
            return cell
    raise KeyError(f"{design.name}: no platform")


def links(design: BlockDesign) -> tuple[Link, ...]:
    """Each AXI master of the kernels that is joined to the platform, by cell and name."""
    shell = platform(design).path
    masters = {parent(one.space) for one in design.addresses}
    found = []
    for net in design.interface_nets:
        ports = [end for end in net.ends if parent(end) == shell]
        banks = {_bank(one.segment) for one in design.addresses if parent(one.segment) in ports}
        for end in net.ends if banks else ():
            cell, _, interface = end.rpartition("/")
            if cell in masters:
                found.append(Link(cell, interface, min(banks), max(banks)))
    return tuple(sorted(found, key=lambda link: (link.cell, link.interface)))


def regions(design: BlockDesign) -> tuple[tuple[str, str], ...]:
    """Kernels and their SLRs: (ffn, SLR2)."""
    shell = platform(design)
    said = [(name, value) for name, value in shell.parameters if name.endswith(".SLR")]
    return tuple((name.removesuffix(".SLR"), value) for name, value in said)


def _bank(segment: str) -> int:
    match = _BANK.search(segment)
    assert match, segment
    return int(match[1])
