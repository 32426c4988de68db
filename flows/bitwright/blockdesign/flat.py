"""A design without its hierarchies: what Vivado's .hwh knows of it.

Nets are joined through the pins of hierarchies; cells keep their paths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bitwright.blockdesign.model import BlockDesign, Net
from bitwright.blockdesign.united import grouped


def flat(design: BlockDesign) -> BlockDesign:
    """The same design with no hierarchy's pins: nets join cells of any depth, and ports.

    What is excluded from a space goes too: a .hwh has what is mapped alone.
    """
    hierarchies = {cell.path for cell in design.cells if cell.kind == "hier"}
    inner = {port.path for port in design.ports} | {port.path for port in design.interface_ports}
    inner = {path for path in inner if "/" in path}
    return BlockDesign.of(
        design.name,
        cells=[cell for cell in design.cells if cell.path not in hierarchies],
        ports=[port for port in design.ports if port.path not in inner],
        interface_ports=[port for port in design.interface_ports if port.path not in inner],
        nets=_joined(design.nets, inner),
        interface_nets=_joined(design.interface_nets, inner),
        addresses=[one for one in design.addresses if not one.excluded],
    )


def _joined(nets: Sequence[Net], inner: set[str]) -> Iterable[Net]:
    """Nets that share a pin of a hierarchy as one, without those pins."""
    for group in grouped(nets, inner):
        ends = {end for net in group for end in net.ends} - inner
        if len(ends) > 1:
            name = group[0].name.rpartition("/")[2]
            yield replace(group[0], name=name, ends=tuple(sorted(ends)))
