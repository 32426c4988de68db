"""The ways of wires through the columns of a level, once everything has its height."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bitwright.blockdesign.draw.blocks import LABEL
from bitwright.blockdesign.draw.layers import Join, Order
from bitwright.blockdesign.draw.plan import Plan, Wire
from bitwright.blockdesign.draw.route import PITCH, Lane, tracks
from bitwright.blockdesign.draw.text import width

ARROW = 10  # pixels that the head of an edge takes
STUB = 12  # pixels of an edge before its first bend, at least


@dataclass(frozen=True, slots=True)
class Turn:
    """A wire that closes a cycle turns here: it leaves a column on the side it came from."""

    lane: str
    side: str  # of the column that it is on: left | right
    passing: str  # item
    node: str
    row: str
    column: int


@dataclass(slots=True)
class Pieces:
    """All wires in pieces, each between neighbouring columns or turning beside one."""

    joins: list[tuple[Join, str, int]] = field(default_factory=list)  # with lane and weight
    turns: list[Turn] = field(default_factory=list)
    chains: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # left to right


def height_at(plan: Plan, key: str, row: str) -> int:
    block = plan.blocks.get(key)
    return block.row(row).y if block else 0


class Ways:
    """The columns in pixels, from the left to the right."""

    def __init__(self, plan: Plan, order: Order, pieces: Pieces, tops: Mapping[str, int]) -> None:
        self.plan, self.order, self.pieces, self.tops = plan, order, pieces, tops
        self.column = {key: n for n, keys in enumerate(order.columns) for key in keys}
        self.lefts: dict[str, int] = {}
        self.track_x: dict[tuple[int, str], int] = {}

    def route(self) -> tuple[dict[str, int], dict[str, tuple[tuple[int, int], ...]]]:
        x = 0
        for number, column in enumerate(self.order.columns):
            x = self._channel(number, x)
            x = self._place(column, x)
        self._channel(len(self.order.columns), x)
        return self.lefts, {wire.key: self._way(wire) for wire in self.plan.wires}

    def y(self, key: str, row: str) -> int:
        return self.tops[key] + height_at(self.plan, key, row)

    def _lanes(self, number: int) -> list[Lane]:
        """What runs between column number - 1 and column number."""
        found: dict[str, tuple[set[int], set[int]]] = {}
        for join, lane, _ in self.pieces.joins:
            if self.column[join.right] == number:
                lefts, rights = found.setdefault(lane, (set(), set()))
                lefts.add(self.y(join.left, join.left_row))
                rights.add(self.y(join.right, join.right_row))
        for turn in self.pieces.turns:
            if turn.column == number - (turn.side == "right"):
                lefts, rights = found.setdefault(turn.lane, (set(), set()))
                both = {self.y(turn.passing, ""), self.y(turn.node, turn.row)}
                (rights if turn.side == "left" else lefts).update(both)
        return [
            Lane(lane, tuple(sorted(lefts)), tuple(sorted(rights)))
            for lane, (lefts, rights) in sorted(found.items())
        ]

    def _channel(self, number: int, x: int) -> int:
        """Tracks and labels left of a column; the left edge of that column."""
        lanes = self._lanes(number)
        if not lanes:
            return x
        track, count = tracks(lanes)
        for lane, at in track.items():
            self.track_x[number, lane] = x + STUB + at * PITCH
        labels = [
            _label_width(wire)
            for wire in self.plan.wires
            if self.column[wire.sink] == number and wire.sink in self.plan.blocks
        ]
        return x + 2 * STUB + max(count - 1, 0) * PITCH + max(labels, default=0) + ARROW

    def _place(self, column: Sequence[str], x: int) -> int:
        """Boxes of a column, cells of one width; the right edge of the column."""
        found = {key: self.plan.blocks[key] for key in column if key in self.plan.blocks}
        cells = [b for b in found.values() if b.kind in ("cell", "half")]
        wide = max((block.width for block in cells), default=0)
        for block in cells:
            block.width = wide
        widest = max((block.width for block in found.values()), default=0)
        for key in column:
            one = found.get(key)
            at_right = one is not None and key in self.plan.final
            self.lefts[key] = x + widest - one.width if one and at_right else x
        return x + widest

    def _way(self, wire: Wire) -> tuple[tuple[int, int], ...]:
        """The corners of a wire from its source to its sink."""
        chain = self.pieces.chains[wire.key]
        lane = wire.lane
        if chain[0][0] != wire.source:
            return self._way_back(wire, chain)
        points = [(self._right(wire.source), self.y(*chain[0]))]
        for key, row in chain[1:]:
            points += self._bend(lane, self.column[key], points[-1][1], self.y(key, row))
        points.append((self.lefts[wire.sink], points[-1][1]))
        return _plain(points)

    def _way_back(
        self, wire: Wire, chain: Sequence[tuple[str, str]]
    ) -> tuple[tuple[int, int], ...]:
        lane = chain[0][0].rpartition("|")[0]
        y = self.y(wire.source, wire.source_row)
        points = [(self._right(wire.source), y)]
        points += self._bend(lane, self.column[wire.source] + 1, y, self.y(*chain[-1]))
        for key, row in reversed(chain[:-1]):
            points += self._bend(lane, self.column[key] + 1, points[-1][1], self.y(key, row))
        end = self.y(wire.sink, wire.sink_row)
        points += self._bend(lane, self.column[wire.sink], points[-1][1], end)
        points.append((self.lefts[wire.sink], end))
        return _plain(points)

    def _bend(self, lane: str, channel: int, y: int, to: int) -> list[tuple[int, int]]:
        if y == to:
            return []
        x = self.track_x[channel, lane]
        return [(x, y), (x, to)]

    def _right(self, key: str) -> int:
        return self.lefts[key] + self.plan.blocks[key].width


def _label_width(wire: Wire) -> int:
    lines = [label.text for label in (wire.edge.above, *wire.edge.below) if label]
    return math.ceil(max((width(line, LABEL) for line in lines), default=0))


def _plain(points: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Corners alone: no point on the straight line between its neighbours."""
    found: list[tuple[int, int]] = []
    for x, y in points:
        if found and found[-1] == (x, y):
            continue
        if len(found) > 1 and (
            found[-1][1] == found[-2][1] == y or found[-1][0] == found[-2][0] == x
        ):
            found.pop()
        found.append((x, y))
    return tuple(found)
