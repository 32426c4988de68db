"""Where the boxes and wires of one level go: columns, order, heights, bends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bitwright.blockdesign.draw import blocks, layers, place
from bitwright.blockdesign.draw.blocks import LABEL
from bitwright.blockdesign.draw.graph import STYLES
from bitwright.blockdesign.draw.layers import Arc, Item, Join, Order
from bitwright.blockdesign.draw.place import Tie
from bitwright.blockdesign.draw.plan import IN, OUT, Plan, Wire
from bitwright.blockdesign.draw.route import PITCH, Lane, tracks
from bitwright.blockdesign.draw.text import natural, width

ARROW = 10  # pixels that the head of an edge takes
STUB = 12  # pixels of an edge before its first bend, at least
GAP_CELLS, GAP_BESIDE, GAP_PASSING = 30, 20, 12  # pixels between what stands in one column
WEIGHT = {"axi": 4, "lite": 4, "stream": 4, "other": 3, "irq": 1, "wire": 1}
TOP, BOTTOM = -1, 2  # of a column: where what runs back is
STEP = 16  # pixels of a step that is worth moving a row for
STRAIGHT = 4  # how much more a piece between two passing ones wants to be straight


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


@dataclass(frozen=True, slots=True)
class Placed:
    """Everything has its place; x and y in pixels from the level's own corner."""

    tops: Mapping[str, int]
    lefts: Mapping[str, int]
    ways: Mapping[str, tuple[tuple[int, int], ...]]  # of wires, from source to sink
    back: frozenset[str]  # wires that run from right to left


def arrange(plan: Plan) -> Placed:
    """Place a plan. Its blocks' rows are brought into order and get their heights.

    Wires that close a cycle run above or below everything, whichever is shorter; above where
    cells have arms, which lie below.
    """
    above = _arrange(plan, TOP)
    if not above.back or any(key.endswith(IN) for key in plan.blocks):
        return above
    below = _arrange(plan, BOTTOM)
    return below if _length(below) < _length(above) else _arrange(plan, TOP)


def _length(placed: Placed) -> int:
    """Pixels of all wires that run back."""
    ways = [placed.ways[key] for key in placed.back]
    return sum(abs(ax - bx) + abs(ay - by) for way in ways for (ax, ay), (bx, by) in pairwise(way))


def _arrange(plan: Plan, side: int) -> Placed:
    column = _columns(plan)
    back = [w for w in plan.wires if column[w.source] >= column[w.sink]]
    pieces = Pieces()
    items = _items(plan, column)
    for wire in plan.wires:
        if wire not in back:
            _forwards(wire, column, items, pieces)
    back.sort(key=lambda w: (column[w.sink] - column[w.source], w.key), reverse=side == BOTTOM)
    for number, wire in enumerate(back):  # the longest outside
        _backwards(wire, f"\1back{number:03}", side, column, items, pieces)
    order = Order(list(items.values()), list(dict.fromkeys(join for join, _, _ in pieces.joins)))
    order.best()
    _sort_rows(plan, order)
    tops = _heights(plan, order, pieces)
    _straighten(plan, pieces, tops)
    level = _Level(plan, order, pieces, tops)
    lefts, ways = level.route()
    return Placed(tops, lefts, ways, frozenset(wire.key for wire in back))


def _columns(plan: Plan) -> dict[str, int]:
    """The column of every box."""
    nodes = sorted(plan.blocks, key=natural)
    far = _distances(plan, nodes)
    wires = sorted(
        plan.wires, key=lambda w: (STYLES.index(w.edge.style), far[w.source], int(w.key))
    )
    arcs = [Arc(w.source, w.sink, WEIGHT[w.edge.style]) for w in wires]
    arcs += [Arc(arm.removesuffix(IN) + OUT, arm, 0) for arm in nodes if arm.endswith(IN)]
    kept, _ = layers.forward(nodes, arcs)
    column = layers.columns(nodes, kept, plan.first, plan.final)
    inner = [column[node] for node in nodes if node not in plan.final]
    for node in nodes:
        if node.endswith(IN):
            column[node] = max(inner)
    return column


def _distances(plan: Plan, nodes: Sequence[str]) -> dict[str, int]:
    """Edges from where data comes from: of a cycle the farthest edge is the one that closes it."""
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for wire in plan.wires:
        after[wire.source].append(wire.sink)
    fed = {wire.sink for wire in plan.wires}
    by_data = {wire.sink for wire in plan.wires if wire.edge.style not in ("irq", "wire")}
    found: dict[str, int] = {}
    for start in sorted(nodes, key=lambda node: (node in fed, node in by_data)):  # stable
        todo = [start] if start not in found else []
        found.setdefault(start, 0)
        for node in todo:
            for step in after[node]:
                if step not in found:
                    found[step] = found[node] + 1
                    todo.append(step)
    return found


def _items(plan: Plan, column: Mapping[str, int]) -> dict[str, Item]:
    items = {}
    for key in sorted(plan.blocks, key=natural):
        block = plan.blocks[key]
        pin = 1 if key.endswith((IN, OUT)) else 0
        left, right = ([row.key for row in block.side(side)] for side in ("left", "right"))
        items[key] = Item(key, column[key], pin, left, right, block.fixed)
    return items


def _forwards(
    wire: Wire, column: Mapping[str, int], items: dict[str, Item], pieces: Pieces
) -> None:
    chain = [(wire.source, wire.source_row)]
    for number in range(column[wire.source] + 1, column[wire.sink]):
        key = f"\1{wire.lane}|{number}"
        items.setdefault(key, Item(key, number, 0, [""], [""], fixed=True))
        chain.append((key, ""))
    chain.append((wire.sink, wire.sink_row))
    _chain(wire, chain, wire.lane, pieces)


def _backwards(
    wire: Wire,
    lane: str,
    side: int,
    column: Mapping[str, int],
    items: dict[str, Item],
    pieces: Pieces,
) -> None:
    """Around everything: away on the right of its source, left, back on the left of its sink."""
    low, high = column[wire.sink], column[wire.source]
    chain = [(f"{lane}|{number}", "") for number in range(low, high + 1)]
    for number, (key, _) in enumerate(chain, low):
        items[key] = Item(key, number, side, [""], [""], fixed=True)
    _chain(wire, chain, lane, pieces)
    pieces.turns.append(Turn(lane, "left", chain[0][0], wire.sink, wire.sink_row, low))
    pieces.turns.append(Turn(lane, "right", chain[-1][0], wire.source, wire.source_row, high))


def _chain(wire: Wire, chain: list[tuple[str, str]], lane: str, pieces: Pieces) -> None:
    pieces.chains[wire.key] = chain
    for (one, one_row), (two, two_row) in pairwise(chain):
        passing = one.startswith("\1") + two.startswith("\1")
        weight = WEIGHT[wire.edge.style] * (1, 2, STRAIGHT)[passing]
        pieces.joins.append((Join(one, one_row, two, two_row), lane, weight))


def _sort_rows(plan: Plan, order: Order) -> None:
    for key, block in plan.blocks.items():
        item = order.items[key]
        at = {row: i for i, row in enumerate((*item.left, *item.right))}
        block.rows.sort(key=lambda row: at[row.key])
        blocks.spread(block)


def _heights(plan: Plan, order: Order, pieces: Pieces) -> dict[str, int]:
    tall = {key: plan.blocks[key].height if key in plan.blocks else 0 for key in order.items}
    gap = {
        (one, two): (GAP_CELLS, GAP_BESIDE, GAP_PASSING)[
            (one not in plan.blocks) + (two not in plan.blocks)
        ]
        for column in order.columns
        for one, two in pairwise(column)
    }
    ties = [
        Tie(
            join.left,
            _at(plan, join.left, join.left_row),
            join.right,
            _at(plan, join.right, join.right_row),
            weight,
        )
        for join, _, weight in pieces.joins
    ]
    return place.heights(order.columns, tall, gap, ties)


def _straighten(plan: Plan, pieces: Pieces, tops: Mapping[str, int]) -> None:
    """Move rows within their boxes where that takes a small step out of an edge."""
    ends: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for join, _, _ in pieces.joins:
        left, right = (join.left, join.left_row), (join.right, join.right_row)
        if right not in ends.setdefault(left, []):
            ends[left].append(right)
            ends.setdefault(right, []).append(left)
    for (key, row_key), others in sorted(ends.items()):
        block = plan.blocks.get(key)
        if block is None or block.fixed or len(others) > 1:
            continue
        row = block.row(row_key)
        step = tops[others[0][0]] + _at(plan, *others[0]) - tops[key] - row.y
        if 0 < abs(step) <= STEP:
            blocks.shift(block, row, step)


def _at(plan: Plan, key: str, row: str) -> int:
    block = plan.blocks.get(key)
    return block.row(row).y if block else 0


class _Level:
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
        return self.tops[key] + _at(self.plan, key, row)

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
