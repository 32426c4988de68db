"""Nets that join cells of several hierarchies, brought through their walls.

A .hwh is flat: one net joins cells at any depth. In a block design a net stands in one hierarchy,
and passes into another by a pin of it. Those pins are made here, one for each wall and net, called
as the net; Vivado had others, whose names are in no .hwh.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bitwright.blockdesign.model import InterfacePort, Net, Place, Port, parent


@dataclass(frozen=True, slots=True)
class End:
    """One end of a flat net: a pin or an interface of a cell, or a port of the design."""

    path: str
    drives: bool  # an output, or a master
    kind: str = ""  # clk | rst | intr, of a pin
    left: int | None = None
    right: int | None = None
    vlnv: str = ""  # of an interface

    @property
    def level(self) -> str:
        """The hierarchy that the end's cell stands in; of a port, the design."""
        return parent(parent(self.path))


Wall = Port | InterfacePort


def cross(name: str, ends: Iterable[End], place: Place) -> tuple[tuple[Net, ...], tuple[Wall, ...]]:
    """A flat net as nets of one hierarchy each, and the pins of hierarchies that join them."""
    ends = tuple(ends)
    levels = {level for end in ends for level in _above(end.level)}
    home = _common([end.level for end in ends])
    levels = {level for level in levels if _within(level, home)}
    nets, walls = [], []
    for level in sorted(levels):
        here = [end.path for end in ends if end.level == level]
        here += [f"{below}/{name}" for below in levels if parent(below) == level and below != level]
        if level != home:
            here.append(f"{level}/{name}")
            walls.append(_wall(level, name, [e for e in ends if _within(e.level, level)], place))
        nets.append(Net(f"{level}/{name}" if level else name, tuple(here), place))
    return tuple(nets), tuple(walls)


def _wall(level: str, name: str, inside: list[End], place: Place) -> Wall:
    """The pin of a hierarchy that brings a net through, as its ends within it have it."""
    drives = any(end.drives for end in inside)
    best = next((end for end in inside if end.drives), inside[0])
    path = f"{level}/{name}"
    if best.vlnv:
        return InterfacePort(path, "Master" if drives else "Slave", best.vlnv, place=place)
    direction = "out" if drives else "in"
    return Port(path, direction, best.kind, best.left, best.right, place=place)


def _above(level: str) -> Iterator[str]:
    """The level itself and all that it stands in, the design last."""
    while level:
        yield level
        level = parent(level)
    yield ""


def _common(levels: list[str]) -> str:
    """The deepest level that all of these are in."""
    first = _above(levels[0])
    return next(one for one in first if all(_within(level, one) for level in levels))


def _within(level: str, outer: str) -> bool:
    return not outer or level == outer or level.startswith(f"{outer}/")
