"""One level between what is drawn and where: boxes, and wires between rows of boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bitwright.blockdesign.draw.blocks import Block
from bitwright.blockdesign.draw.facts import Facts
from bitwright.blockdesign.draw.graph import Edge, Level
from bitwright.blockdesign.draw.marks import Marks
from bitwright.blockdesign.draw.tags import Use

OUT, IN = "\0out", "\0in"  # behind the path of a cell with two arms: its left one, its right one
Needs = Mapping[str, tuple[str, int, int]]  # port -> its side, pixels above and below its edge


@dataclass(frozen=True, slots=True)
class Scene:
    """What all levels share."""

    facts: Facts
    marks: Marks
    levels: Mapping[str, Level]
    uses: Mapping[str, tuple[Use, ...]]


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge as it is laid out: from the right side of a box to the left side of another."""

    key: str
    source: str
    source_row: str
    sink: str
    sink_row: str
    edge: Edge
    turned: bool = False  # the box at the left is the edge's sink

    @property
    def source_pins(self) -> tuple[str, ...]:
        """Of the box at the left; of a port none."""
        return _pins(self.edge.sink_pins if self.turned else self.edge.source_pins)

    @property
    def sink_pins(self) -> tuple[str, ...]:
        return _pins(self.edge.source_pins if self.turned else self.edge.sink_pins)

    @property
    def lane(self) -> str:
        """Wires out of one row run together as far as they can."""
        return f"{self.source}|{self.source_row}"


def _pins(pins: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pin for pin in pins if pin)


@dataclass(slots=True)
class Plan:
    """A level to be arranged."""

    blocks: dict[str, Block] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    first: set[str] = field(default_factory=set)  # at the left border
    final: set[str] = field(default_factory=set)  # at the right border
