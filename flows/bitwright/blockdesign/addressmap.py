"""The address map of a block design: who sees what where, and the registers of its kernels.

    found = address_map(design, kernels)    # maptext.render(found, "c") says it

Segments of one interface that follow on one another (the 32 banks of an HBM) are one region. What
is excluded is not in the map. Registers of kernels are those of their kernel.yml; of a kernel in
HLS an output has a word of control behind its data as well (`valid`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bitwright.blockdesign.kernelcell import is_rtl
from bitwright.blockdesign.model import BlockDesign
from bitwright.hls import header
from bitwright.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Region:
    """What a space sees in one piece."""

    space: str  # ps/Data
    first: str  # segment, with the path of its cell: hbm/SAXI_00/HBM_MEM00
    last: str  # the same, or the last of those that follow on one another
    cell: str  # that the segments are of
    offset: int  # bytes
    range: int  # bytes

    @property
    def segments(self) -> str:
        """hbm/SAXI_00/HBM_MEM00..HBM_MEM31."""
        last = self.last.rpartition("/")[2]
        return self.first if self.first == self.last else f"{self.first}..{last}"


@dataclass(frozen=True, slots=True)
class MapRegister:
    """A register of a kernel, or of all cells of that kernel."""

    name: str
    offset: int  # bytes from the cell's base; of 64 bits the low word first
    width: int  # bits that mean something
    writable: bool  # by the host
    valid: int | None = None  # offset of the word whose bit 0 says that an output was written


@dataclass(frozen=True, slots=True)
class AddressMap:
    design: str
    regions: tuple[Region, ...]  # by space, offset
    kernels: tuple[tuple[str, str, tuple[MapRegister, ...]], ...]  # cell, VLNV, registers


def address_map(design: BlockDesign, kernels: Iterable[tuple[str, Kernel]] = ()) -> AddressMap:
    """The map of a design. kernels: cells, with their signatures"""
    return AddressMap(
        design.name,
        _regions(design),
        tuple(
            (cell, kernel.vlnv, _registers(kernel)) for cell, kernel in sorted(kernels, key=_cell)
        ),
    )


def _cell(kernel: tuple[str, Kernel]) -> str:
    return kernel[0]


def _regions(design: BlockDesign) -> tuple[Region, ...]:
    cells = {cell.path for cell in design.cells}
    found: list[Region] = []
    placed = [
        Region(one.space, one.segment, one.segment, _owner(one.segment, cells), offset, size)
        for one in design.addresses
        if not one.excluded
        and (offset := one.offset) is not None
        and (size := one.range) is not None
    ]
    for region in sorted(placed, key=lambda r: (r.space, r.offset, r.first)):
        before = found[-1] if found else None
        if before is not None and _follows(before, region):
            found[-1] = replace(before, last=region.last, range=before.range + region.range)
        else:
            found.append(region)
    return tuple(found)


def _follows(before: Region, region: Region) -> bool:
    """Whether a region is the next piece of the same interface of the same cell."""
    return (
        before.space == region.space
        and before.first.rpartition("/")[0] == region.first.rpartition("/")[0] != before.cell
        and before.cell == region.cell
        and before.offset + before.range == region.offset
    )


def _owner(segment: str, cells: set[str]) -> str:
    """The cell whose segment it is: the longest path that is one."""
    path = segment
    while path and path not in cells:
        path = path.rpartition("/")[0]
    return path or segment.partition("/")[0]


def _registers(kernel: Kernel) -> tuple[MapRegister, ...]:
    valid = {} if is_rtl(kernel) else _valid(kernel)
    return tuple(
        MapRegister(
            register.name,
            register.offset,
            header.width_of(kernel, register),
            register.writable,
            valid.get(register.name),
        )
        for register in kernel.registers
    )


def _valid(kernel: Kernel) -> Mapping[str, int]:
    return {word.register: word.offset for word in header.words(kernel) if word.valid}
