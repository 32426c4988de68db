"""Clocks, resets and constants: small coloured tags on the cells instead of wires.

A clock and the resets that are synchronous to it have one colour. The cell that makes a signal has
its tag filled, those that take it have it in outline, so that neither colour nor position alone
says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bitwright.blockdesign.draw.facts import Facts, last
from bitwright.blockdesign.draw.graph import drawn_nets
from bitwright.blockdesign.draw.marks import Marks
from bitwright.blockdesign.draw.text import clipped, natural
from bitwright.blockdesign.model import Net, parent
from bitwright.blockdesign.united import grouped

HUES = 8  # colours that theme has for clock domains; 0 is that of no clock
LONGEST = 26  # characters of a tag


@dataclass(frozen=True, slots=True)
class Tag:
    """A signal that is not drawn as a wire."""

    name: str
    kind: str  # clk | rst | data
    hue: int  # 0: of no clock


@dataclass(frozen=True, slots=True)
class Use:
    """A tag as one cell or port has it."""

    tag: Tag
    makes: bool
    mhz: float | None = None  # of a clock, where it is made
    mark: str = ""

    @property
    def text(self) -> str:
        return f"{self.tag.name} {self.mhz:g} MHz" if self.mhz else self.tag.name


@dataclass(slots=True)
class _Signal:
    """Nets that hierarchies join into one."""

    nets: list[Net]
    drivers: list[str]
    ends: list[str]
    kind: str = "data"


def tags(facts: Facts, marks: Marks) -> dict[str, tuple[Use, ...]]:
    """The tags of every cell, and of every port of the design, by path."""
    signals = _signals(facts)
    names = _names(facts, signals)
    hues = _hues(facts, signals)
    found: dict[str, dict[tuple[Tag, bool, str], Use]] = {}
    for signal, name, hue in zip(signals, names, hues, strict=True):
        tag = Tag(name, signal.kind, hue)
        for net in signal.nets:
            for end in net.ends:
                owner = parent(end)
                place = owner if owner in facts.cells else end
                if facts.cells.get(owner) and facts.cells[owner].kind == "hier":
                    continue
                if place == end and parent(end):
                    continue  # a hierarchy's pin: its cells have the tag
                makes = end in signal.drivers
                mark = marks.nets.get(net.name) or marks.pins.get((net.name, end), "")
                mhz = _mhz(facts, end) if makes else None
                if makes and end != signal.drivers[0]:  # another driver: by its own name
                    own = Tag(clipped(last(end), LONGEST), tag.kind, tag.hue)
                else:
                    own = tag
                found.setdefault(place, {})[own, makes, mark] = Use(own, makes, mhz, mark)
    return {place: _of_place(uses.values()) for place, uses in found.items()}


def _of_place(uses: Iterable[Use]) -> tuple[Use, ...]:
    """In order; what a cell makes for itself too is said once."""
    made = {(use.tag, use.mark) for use in uses if use.makes}
    kept = [use for use in uses if use.makes or (use.tag, use.mark) not in made]
    return tuple(sorted(kept, key=_order))


def _order(use: Use) -> tuple[object, ...]:
    return (use.makes, ("clk", "rst", "data").index(use.tag.kind), natural(use.tag.name), use.mark)


def _signals(facts: Facts) -> list[_Signal]:
    """The nets that are tags, joined through the pins of hierarchies; in a fixed order."""
    drawn = drawn_nets(facts)
    nets = [net for net in facts.design.nets if net.name not in drawn]
    nets += [net for net in facts.design.interface_nets if facts.bus(net.ends) == "clock"]
    groups = grouped(nets, facts.ports.keys() | facts.interface_ports.keys())
    return sorted((_signal(facts, group) for group in groups), key=_first)


def _first(signal: _Signal) -> tuple[object, ...]:
    kind = ("clk", "rst", "data").index(signal.kind)
    return (kind, natural(signal.drivers[0] if signal.drivers else signal.ends[0]))


def _signal(facts: Facts, nets: list[Net]) -> _Signal:
    ends = sorted({end for net in nets for end in net.ends}, key=natural)
    inner = {end for end in ends if parent(end) and _is_pin_of_hierarchy(facts, end)}
    drivers = []
    for net in nets:
        made, _ = facts.sources(net) if net in facts.design.interface_nets else facts.drivers(net)
        drivers += [end for end in made if end not in inner]
    kinds = {facts.kind(net) for net in nets}
    if any(facts.bus(net.ends) == "clock" for net in nets if net in facts.design.interface_nets):
        kinds = {"clk"}
    kind = next((k for k in ("clk", "rst") if k in kinds), "data")
    return _Signal(nets, sorted(set(drivers), key=natural), ends, kind)


def _is_pin_of_hierarchy(facts: Facts, end: str) -> bool:
    return end in facts.ports or end in facts.interface_ports


def _names(facts: Facts, signals: Iterable[_Signal]) -> list[str]:
    """A short name for each: its driver's pin, and the cell too where that alone is not enough."""
    ends = [signal.drivers[0] if signal.drivers else signal.ends[0] for signal in signals]
    counts = Counter(map(last, ends))
    names = []
    for end in ends:
        owner = facts.cells.get(parent(end))
        if owner is not None and "constant" in owner.type:
            names.append(f"{last(owner.path)} = {owner.parameter('CONST_VAL', '1')}")
        elif counts[last(end)] > 1:
            names.append("/".join(end.split("/")[-2:]))
        else:
            names.append(last(end))
    return [clipped(name, LONGEST) for name in names]


def _hues(facts: Facts, signals: list[_Signal]) -> list[int]:
    """1 to HUES for clocks in order; a reset has that of its clock.

    Its clock is the one that its pin is said to be synchronous to, or the only one of its maker.
    """
    hue: dict[int, int] = {}
    by_cell: dict[str, set[int]] = {}
    clocks = [i for i, signal in enumerate(signals) if signal.kind == "clk"]
    clocks.sort(key=lambda i: -len(signals[i].ends))  # the busiest first; sort is stable
    for number, i in enumerate(clocks):
        hue[i] = number % HUES + 1
        for end in signals[i].ends:
            by_cell.setdefault(parent(end), set()).add(i)
    for i, signal in enumerate(signals):
        if signal.kind == "rst" and signal.drivers:
            own = _own_clock(facts, signals, hue, signal.drivers[0])
            only = by_cell.get(parent(signal.drivers[0]), set())
            hue[i] = own or (hue[min(only)] if len(only) == 1 else 0)
    return [hue.get(i, 0) for i in range(len(signals))]


def _own_clock(
    facts: Facts, signals: list[_Signal], hue: Mapping[int, int], driver: str
) -> int | None:
    """The colour of the clock that a reset's pin says it is synchronous to."""
    looks = facts.looks.get(parent(driver))
    pin = looks.pins.get(last(driver)) if looks else None
    if pin is None or not pin.clock:
        return None
    clock = f"{parent(driver)}/{pin.clock}"
    return next((hue[i] for i, s in enumerate(signals) if i in hue and clock in s.ends), None)


def _mhz(facts: Facts, end: str) -> float | None:
    looks = facts.looks.get(parent(end))
    pin = looks.pins.get(last(end)) if looks else None
    return round(pin.mhz, 3) if pin is not None and pin.mhz else None
