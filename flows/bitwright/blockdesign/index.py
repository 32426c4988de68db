"""A design with the looks of its cells, by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign, Cell, InterfacePort, Port


@dataclass(frozen=True)  # without slots: properties are remembered
class Index:
    """looks: every cell by path, hierarchies as seen from outside, as `looks.looks` gives them."""

    design: BlockDesign
    looks: Mapping[str, Instance]

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        return {cell.path: cell for cell in self.design.cells}

    @cached_property
    def ports(self) -> Mapping[str, Port]:
        return {port.path: port for port in self.design.ports}

    @cached_property
    def interface_ports(self) -> Mapping[str, InterfacePort]:
        return {port.path: port for port in self.design.interface_ports}
