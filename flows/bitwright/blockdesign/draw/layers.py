"""In which column each node stands, and in which order within it (after Sugiyama, Tagawa and Toda).

Columns: the longest way from a source, edges that would close a cycle left out; then nodes move
towards what they are joined to. Order: barycentres, swept both ways, then swaps of neighbours while
they save a crossing; the best of all sweeps is kept. Everything is in a fixed order, so the same
graph gives the same answer whatever order it came in.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Arc:
    source: str
    sink: str
    weight: int = 1  # how much it wants to be short and straight


def strong(nodes: Iterable[str], arcs: Iterable[Arc]) -> list[set[str]]:
    """Groups of nodes that reach one another, of two or more (Kosaraju), without recursion."""
    after: dict[str, list[str]] = {node: [] for node in sorted(nodes)}
    before: dict[str, list[str]] = {node: [] for node in after}
    for arc in arcs:
        if arc.source != arc.sink:
            after[arc.source].append(arc.sink)
            before[arc.sink].append(arc.source)
    order: list[str] = []
    seen: set[str] = set()
    for node in after:  # in the order of finishing; then the graph turned round
        stack = [(node, iter(after[node]))] if node not in seen else []
        seen.add(node)
        while stack:
            top, rest = stack[-1]
            step = next((n for n in rest if n not in seen), None)
            if step is None:
                order.append(top)
                stack.pop()
            else:
                seen.add(step)
                stack.append((step, iter(after[step])))
    groups, placed = [], set[str]()
    for node in reversed(order):
        if node not in placed:
            group = _reached(node, before, placed)
            placed |= group
            if len(group) > 1:
                groups.append(group)
    return groups


def _reached(node: str, after: Mapping[str, Iterable[str]], without: set[str]) -> set[str]:
    found, todo = {node}, [node]
    while todo:
        for step in after[todo.pop()]:
            if step not in found and step not in without:
                found.add(step)
                todo.append(step)
    return found


def forward(nodes: Iterable[str], arcs: Sequence[Arc]) -> tuple[list[Arc], list[Arc]]:
    """Arcs without those that would close a cycle, taken in the order given; and those."""
    after: dict[str, list[str]] = {node: [] for node in nodes}
    kept, back = [], []
    for arc in arcs:
        if arc.source == arc.sink or arc.source in _reached(arc.sink, after, set()):
            back.append(arc)
        else:
            after[arc.source].append(arc.sink)
            kept.append(arc)
    return kept, back


def columns(
    nodes: Sequence[str], arcs: Sequence[Arc], first: set[str], final: set[str]
) -> dict[str, int]:
    """The column of each node, from 0: arcs go to a higher one.

    first, final: nodes that stand in columns of their own at the left and the right border
    """
    before: dict[str, list[str]] = {node: [] for node in nodes}
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for arc in arcs:
        before[arc.sink].append(arc.source)
        after[arc.source].append(arc.sink)
    found: dict[str, int] = {}
    for node in _topological(nodes, before, after):
        low = 1 if first and node not in first else 0
        found[node] = max([found[n] + 1 for n in before[node]], default=low)
        found[node] = max(found[node], low)
    _shorten(nodes, arcs, before, after, found, first)
    inner = [found[n] for n in nodes if n not in final]
    far = max(inner, default=-1) + 1
    for node in final:
        found[node] = far
    used = {column: i for i, column in enumerate(sorted(set(found.values())))}
    return {node: used[found[node]] for node in nodes}


def _topological(
    nodes: Sequence[str], before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> list[str]:
    missing = {node: len(before[node]) for node in nodes}
    ready = [node for node in nodes if not missing[node]]
    done = []
    while ready:
        node = ready.pop(0)
        done.append(node)
        for step in after[node]:
            missing[step] -= 1
            if not missing[step]:
                ready.append(step)
    return done


def _shorten(
    nodes: Sequence[str],
    arcs: Sequence[Arc],
    before: Mapping[str, Sequence[str]],
    after: Mapping[str, Sequence[str]],
    found: dict[str, int],
    fixed: set[str],
) -> None:
    """Move nodes to the right while that makes their arcs shorter in sum."""
    pull = dict.fromkeys(nodes, 0)
    for arc in arcs:
        pull[arc.source] += arc.weight
        pull[arc.sink] -= arc.weight
    for node in reversed(_topological(nodes, before, after)):
        if node not in fixed and after[node] and pull[node] > 0:
            found[node] = max(found[node], min(found[n] for n in after[node]) - 1)


# ------------------------------------------------------------------------------------------ order

Positions = dict[tuple[str, str, str], float]  # item, l or r, row -> place in its column


@dataclass(slots=True)
class Item:
    """What stands in a column: a node, or an edge that passes by (a node without rows)."""

    key: str
    column: int
    pin: int = 0  # -1: at the top, 1: at the bottom, 2: below that; -1 and 2 in the order given
    left: list[str] = field(default_factory=list)  # rows, from the top
    right: list[str] = field(default_factory=list)
    fixed: bool = False  # the rows may not change their order


@dataclass(frozen=True, slots=True)
class Join:
    """A piece of an edge between two neighbouring columns."""

    left: str  # item
    left_row: str
    right: str
    right_row: str


class Order:
    """Columns of items whose order is being sought."""

    def __init__(self, items: Sequence[Item], joins: Sequence[Join]) -> None:
        self.items = {item.key: item for item in items}
        self.columns: list[list[str]] = [
            [] for _ in range(max((item.column for item in items), default=-1) + 1)
        ]
        for item in sorted(items, key=lambda item: item.pin):
            self.columns[item.column].append(item.key)
        self.joins = joins
        self.into: dict[str, list[Join]] = {item.key: [] for item in items}
        self.out: dict[str, list[Join]] = {item.key: [] for item in items}
        self.between: dict[int, list[Join]] = {}
        for join in joins:
            self.into[join.right].append(join)
            self.out[join.left].append(join)
            self.between.setdefault(self.items[join.left].column, []).append(join)

    def best(self) -> None:
        """Find an order with few crossings; `columns` and the rows of `items` hold it."""
        self._sort_rows(range(len(self.columns)))
        fewest, kept = self.crossings(), self._copy()
        for sweep in range(SWEEPS):
            numbers = range(len(self.columns))
            self._sweep(numbers if sweep % 2 == 0 else reversed(numbers), forwards=sweep % 2 == 0)
            self._swap()
            crossings = self.crossings()
            if crossings < fewest:
                fewest, kept = crossings, self._copy()
        self._restore(kept)

    def crossings(self) -> int:
        """Pairs of joins of the same two columns that cross; joins of one end do not."""
        at = self._positions(range(len(self.columns)))
        found = 0
        for joins in self.between.values():
            ends = sorted(
                (at[j.left, "r", j.left_row], at[j.right, "l", j.right_row]) for j in joins
            )
            seen: list[float] = []  # right ends of the joins before, in order
            for _, right in ends:
                found += len(seen) - bisect_right(seen, right)
                insort(seen, right)
        return found

    def _positions(self, columns: Iterable[int]) -> Positions:
        found = {}
        for number in columns:
            for i, key in enumerate(self.columns[number]):
                item = self.items[key]
                for side, rows in (("l", item.left), ("r", item.right)):
                    for j, row in enumerate(rows):
                        found[key, side, row] = i + (j + 1) / (len(rows) + 1)
        return found

    def _near(self, key: str, at: Positions, *, left: bool) -> list[float]:
        """Where the other ends of an item's joins are, in the column at its left or right."""
        if left:
            return [at[j.left, "r", j.left_row] for j in self.into[key]]
        return [at[j.right, "l", j.right_row] for j in self.out[key]]

    def _sweep(self, numbers: Iterable[int], *, forwards: bool) -> None:
        at = self._positions(range(len(self.columns)))
        for number in numbers:
            middle = {}
            for i, key in enumerate(self.columns[number]):
                near = self._near(key, at, left=forwards)
                free = self.items[key].pin in (0, 1)
                middle[key] = 0 if not free else sum(near) / len(near) if near else i
            self.columns[number].sort(key=lambda key: (self.items[key].pin, middle[key]))
            self._sort_rows([number], at)
            at.update(self._positions([number]))

    def _sort_rows(self, numbers: Iterable[int], at: Positions | None = None) -> None:
        at = at or self._positions(range(len(self.columns)))
        for number in numbers:
            for key in self.columns[number]:
                item = self.items[key]
                if not item.fixed:
                    ins = [(j.right_row, at[j.left, "r", j.left_row]) for j in self.into[key]]
                    outs = [(j.left_row, at[j.right, "l", j.right_row]) for j in self.out[key]]
                    item.left, item.right = _sorted(item.left, ins), _sorted(item.right, outs)

    def _swap(self) -> None:
        """Exchange neighbours wherever that saves a crossing."""
        for number, column in enumerate(self.columns):
            at = self._positions(
                [n for n in (number - 1, number + 1) if 0 <= n < len(self.columns)]
            )
            for i in range(len(column) - 1):
                one, other = column[i], column[i + 1]
                if self.items[one].pin or self.items[other].pin:
                    continue
                saved = 0
                for left in (True, False):
                    above, below = (self._near(key, at, left=left) for key in (one, other))
                    saved += sum((a > b) - (a < b) for a in above for b in below)
                if saved > 0:
                    column[i], column[i + 1] = other, one
        self._sort_rows(range(len(self.columns)))

    def _copy(self) -> list[list[tuple[str, list[str], list[str]]]]:
        return [
            [(key, list(self.items[key].left), list(self.items[key].right)) for key in column]
            for column in self.columns
        ]

    def _restore(self, kept: list[list[tuple[str, list[str], list[str]]]]) -> None:
        for number, column in enumerate(kept):
            self.columns[number] = [key for key, _, _ in column]
            for key, left, right in column:
                self.items[key].left, self.items[key].right = left, right


def _sorted(rows: list[str], ends: Sequence[tuple[str, float]]) -> list[str]:
    """Rows in the order of where their edges come from or go to."""
    near: dict[str, list[float]] = {row: [] for row in rows}
    for row, position in ends:
        if row in near:
            near[row].append(position)
    return sorted(rows, key=lambda row: sum(near[row]) / len(near[row]) if near[row] else -1)
