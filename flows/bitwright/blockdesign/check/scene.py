"""A design made ready for the rules: who owns an end, what it looks like there, what it joins.

A net stands in one hierarchy. The pin of a hierarchy (or port of the design) has two sides, so one
end looks different from the nets outside and within: `pin` and `interface` turn it as the net sees
it. What is joined across hierarchies is one wire (`wires`): the domain of a clock is its wire, for
two pins have the same clock only if the same driver drives both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from bitwright.blockdesign.board import Board
from bitwright.blockdesign.index import Index
from bitwright.blockdesign.ip import TURNED, Instance, Interface, Pin, Segment
from bitwright.blockdesign.looks import inside
from bitwright.blockdesign.model import NOWHERE, Cell, Net, Place, parent
from bitwright.blockdesign.united import united

INITIATORS = frozenset({"Master", "MirroredSlave"})
PROCESSORS = (":processing_system7", ":zynq_ultra_ps_e")
TARGETS = frozenset({"Slave", "MirroredMaster"})


@dataclass(frozen=True, slots=True)
class Reach:
    """What a space's transfers can get to; `routes.reach` finds it."""

    segments: Mapping[str, Segment]  # by path
    ports: frozenset[str]  # interface ports of the design that they leave by
    blind: bool  # they pass a cell nobody knows, and so may get to anything
    loops: frozenset[str]  # slave interfaces that they come back to


@dataclass(frozen=True)
class Scene(Index):
    """What the rules ask of a design."""

    types: tuple[str, ...] = ()  # known to the catalogue, for hints
    board: Board | None = None  # whose pins the ports leave by
    # What was found once, by path: rules ask for it again and again.
    reaches: dict[tuple[str, str], Reach] = field(default_factory=dict)
    owners: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    misset: dict[str, bool] = field(default_factory=dict)

    # --- what there is ----------------------------------------------------------------------

    def is_hierarchy(self, path: str) -> bool:
        """Whether pins of this cell are ports: a hierarchy, or "" for the design itself."""
        return not path or (path in self.cells and self.cells[path].kind == "hier")

    def instance(self, path: str) -> Instance | None:
        """The looks of a cell that has some; None for what is no cell, and for hierarchies."""
        return None if self.is_hierarchy(path) else self.looks.get(path)

    def known(self, path: str) -> bool:
        """Whether what the cell lacks can be called wrong."""
        if self.is_hierarchy(path):
            return True
        instance = self.looks.get(path)
        return instance is not None and instance.known

    def may_have_more(self, path: str) -> bool:
        """Whether a known cell may have pins and segments that the catalogue cannot know of.

        A processor's EMIO brings many, and a board's files set parameters that no script says.
        """
        instance = self.instance(path)
        if instance is None or not instance.known:
            return False
        if instance.type.endswith(PROCESSORS):
            return True
        said = self.cells[path].parameters
        return any(name.endswith("BOARD_INTERFACE") and value != "Custom" for name, value in said)

    @cached_property
    def leaves(self) -> tuple[tuple[Cell, Instance], ...]:
        """The cells that are no hierarchies and that the catalogue knows."""
        found = ((cell, self.instance(cell.path)) for cell in self.design.cells)
        return tuple((cell, looks) for cell, looks in found if looks is not None and looks.known)

    def place(self, path: str) -> Place:
        """Where a cell or port was written."""
        for table in (self.cells, self.ports, self.interface_ports):
            if path in table:
                return table[path].place
        return NOWHERE

    # --- an end as its net sees it ----------------------------------------------------------

    def within(self, net: Net, end: str) -> bool:
        """Whether the end is the inner side of a hierarchy's pin, or a port of the design."""
        return parent(end) == parent(net.name) and self.is_hierarchy(parent(end))

    def pin(self, net: Net, end: str) -> Pin | None:
        found = self.outer_pin(end)
        return _turned(found) if found and self.within(net, end) else found

    def outer_pin(self, end: str) -> Pin | None:
        """The pin as seen from outside of its cell; None if there is none."""
        looks = self._owner(end)
        return looks.pins.get(end.rpartition("/")[2]) if looks else None

    def interface(self, net: Net, end: str) -> Interface | None:
        found = self.outer_interface(end)
        if found is None or not self.within(net, end):
            return found
        return inside(Instance("", interfaces={found.name: found})).interfaces[found.name]

    def outer_interface(self, end: str) -> Interface | None:
        looks = self._owner(end)
        return looks.interfaces.get(end.rpartition("/")[2]) if looks else None

    def _owner(self, end: str) -> Instance | None:
        owner = parent(end)
        return self._design_outside if not owner else self.looks.get(owner)

    @cached_property
    def _design_outside(self) -> Instance | None:
        """looks[""] is as the nets within see it; turned again it is like any hierarchy."""
        return inside(self.looks[""]) if "" in self.looks else None

    # --- nets by their ends -----------------------------------------------------------------

    @cached_property
    def nets_of(self) -> Mapping[str, tuple[Net, ...]]:
        return _by_end(self.design.nets)

    @cached_property
    def interface_nets_of(self) -> Mapping[str, tuple[Net, ...]]:
        return _by_end(self.design.interface_nets)

    @cached_property
    def covered(self) -> frozenset[str]:
        """Pins that belong to a joined interface, and so are joined by it."""
        return frozenset(
            f"{cell.path}/{pin}"
            for cell, looks in self.leaves
            for interface in looks.interfaces.values()
            if f"{cell.path}/{interface.name}" in self.interface_nets_of
            for pin in interface.pins
        )

    def joined(self, end: str) -> bool:
        return end in self.nets_of or end in self.covered

    # --- across hierarchies -----------------------------------------------------------------

    @cached_property
    def wires(self) -> Mapping[str, str]:
        """Each end of a net -> the wire it is on, named by the first end on it."""
        return united(net.ends for net in self.design.nets)

    @cached_property
    def buses(self) -> Mapping[str, str]:
        """As wires, of interface nets."""
        return united(net.ends for net in self.design.interface_nets)

    @cached_property
    def ends_of_wire(self) -> Mapping[str, tuple[str, ...]]:
        return self._leaf_ends(self.wires)

    @cached_property
    def ends_of_bus(self) -> Mapping[str, tuple[str, ...]]:
        return self._leaf_ends(self.buses)

    def _leaf_ends(self, wires: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
        """Wire -> the ends on it that are no pins of hierarchies, in order."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for end, wire in wires.items():
            if not parent(end) or not self.is_hierarchy(parent(end)):
                found[wire].append(end)
        return {wire: tuple(ends) for wire, ends in found.items()}

    def on_wire(self, end: str) -> Iterator[tuple[str, Pin]]:
        """The ends on the same wire that have pins, and these as the wire sees them."""
        for other in self.ends_of_wire.get(self.wires.get(end, ""), ()):
            pin = self.outer_pin(other)
            if pin is not None:
                yield other, pin if parent(other) else _turned(pin)

    def driver(self, end: str) -> tuple[str, Pin] | None:
        """What drives the wire that the end is on; None if nothing known does, or several do."""
        return self._drivers.get(self.wires.get(end, ""))

    @cached_property
    def _drivers(self) -> Mapping[str, tuple[str, Pin]]:
        """Wire -> its one driver."""
        found = {}
        for wire in self.ends_of_wire:
            drivers = [(path, pin) for path, pin in self.on_wire(wire) if pin.direction == "out"]
            if len(drivers) == 1:
                found[wire] = drivers[0]
        return found

    def domain(self, end: str) -> str:
        """The clock that a clock pin or port has; "" if it has none."""
        return self.wires.get(end, "")

    def domain_name(self, end: str) -> str:
        """The same for people: what drives it."""
        driver = self.driver(end)
        return driver[0] if driver else self.domain(end)

    def partners(self, end: str) -> tuple[str, ...]:
        """What an interface is joined to, across hierarchies."""
        ends = self.ends_of_bus.get(self.buses.get(end, ""), ())
        return tuple(other for other in ends if other != end)

    def bus_interface(self, end: str) -> Interface | None:
        """An interface as its bus sees it: a port of the design from within, so turned."""
        found = self.outer_interface(end)
        if found is None or parent(end):
            return found
        return self.looks[""].interfaces[found.name]


def initiates(interface: Interface) -> bool | None:
    """Whether it begins transfers; None for a monitor, or a mode that is not known."""
    if interface.mode in INITIATORS:
        return True
    return False if interface.mode in TARGETS else None


def _turned(pin: Pin) -> Pin:
    return replace(pin, direction=TURNED[pin.direction])


def _by_end(nets: Iterable[Net]) -> Mapping[str, tuple[Net, ...]]:
    found: defaultdict[str, list[Net]] = defaultdict(list)
    for net in nets:
        for end in net.ends:
            found[end].append(net)
    return {end: tuple(nets) for end, nets in found.items()}
