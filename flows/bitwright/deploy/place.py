"""Where a host finds the kernels of a build, by its block design: registers, memory, interrupts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bitwright.blockdesign.kernelcell import CONTROL
from bitwright.blockdesign.model import Address, BlockDesign
from bitwright.errors import ConfigError
from bitwright.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Placed:
    """A kernel as the host sees it."""

    cell: str
    kernel: Kernel
    base: int  # of its registers; 0 where a runtime knows it (XRT)
    range: int  # bytes
    interrupt: int | None  # its number on the concatenation of all; None where there is none


@dataclass(frozen=True, slots=True)
class Layout:
    """All of a build that its host must know."""

    kernels: tuple[Placed, ...]
    control: str  # "dma" where registers are in the space of the host's DMA, else "lite"
    memory: tuple[int, int]  # base and size of what the host's DMA can reach; (0, 0): a runtime's


def layout(design: BlockDesign, kernels: Iterable[tuple[str, Kernel]]) -> Layout:
    """Kernels are named by their cells. Raises ConfigError if one's registers have no address."""
    every = tuple(kernels)
    linked = any(cell.kind == "platform" for cell in design.cells)
    spaces: set[str] = set()
    placed = []
    for cell, kernel in every:
        found = [a for a in design.addresses if _of(a, f"{cell}/{CONTROL}/")]
        if not found and not linked:
            raise ConfigError(f"{design.name}: the registers of {cell} have no address")
        spaces |= {address.space for address in found}
        base = found[0].offset or 0 if found else 0
        span = found[0].range or 0 if found else 0
        placed.append(Placed(cell, kernel, base, span, _interrupt(design, cell)))
    dma = {cell.path for cell in design.cells if cell.type == "xilinx.com:ip:xdma"}
    through_dma = any(space == f"{cell}/M_AXI" for space in spaces for cell in dma)
    reach = {f"{cell}/M_AXI" for cell in dma}
    return Layout(tuple(placed), "dma" if through_dma else "lite", _window(design, reach, every))


def _of(address: Address, start: str) -> bool:
    return address.segment.startswith(start) and not address.excluded


def _interrupt(design: BlockDesign, cell: str) -> int | None:
    """The number of a kernel's interrupt: that of the input of the concatenation it drives."""
    for net in design.nets:
        if f"{cell}/interrupt" in net.ends:
            inputs = (re.search(r"/[Ii]n(\d+)$", end) for end in net.ends)
            return next((int(found[1]) for found in inputs if found), None)
    return None


def _window(
    design: BlockDesign, spaces: set[str], kernels: Iterable[tuple[str, Kernel]]
) -> tuple[int, int]:
    """The first stretch of memory without a gap that the host's DMA can reach."""
    own = tuple(f"{cell}/" for cell, _ in kernels)
    parts = sorted(
        (a.offset or 0, a.range or 0)
        for a in design.addresses
        if a.space in spaces and not a.excluded and not a.segment.startswith(own)
    )
    if not parts:
        return 0, 0
    base = end = parts[0][0]
    for offset, size in parts:
        if offset > end:
            break
        end = max(end, offset + size)
    return base, end - base
