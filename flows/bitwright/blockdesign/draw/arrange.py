"""Where the boxes and wires of one level go: columns, order, heights, bends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bitwright.blockdesign.draw import blocks, layers, place
from bitwright.blockdesign.draw.graph import STYLES
from bitwright.blockdesign.draw.layers import Arc, Item, Join, Order
from bitwright.blockdesign.draw.place import Tie
from bitwright.blockdesign.draw.plan import IN, OUT, Plan, Wire
from bitwright.blockdesign.draw.text import natural
from bitwright.blockdesign.draw.ways import Pieces, Turn, Ways, height_at

GAP_CELLS, GAP_BESIDE, GAP_PASSING = 30, 20, 12  # pixels between what stands in one column
WEIGHT = {"axi": 4, "lite": 4, "stream": 4, "other": 3, "irq": 1, "wire": 1}
TOP, BOTTOM = -1, 2  # of a column: where what runs back is
STEP = 16  # pixels of a step that is worth moving a row for
STRAIGHT = 4  # how much more a piece between two passing ones wants to be straight


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
    level = Ways(plan, order, pieces, tops)
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
            height_at(plan, join.left, join.left_row),
            join.right,
            height_at(plan, join.right, join.right_row),
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
        step = tops[others[0][0]] + height_at(plan, *others[0]) - tops[key] - row.y
        if 0 < abs(step) <= STEP:
            blocks.shift(block, row, step)
