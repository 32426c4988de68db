"""In which column each node stands, and in which order within it (after Sugiyama, Tagawa and Toda).

Columns: the longest way from a source, edges that would close a cycle left out; then nodes move
towards what they are joined to. Order: barycentres, swept both ways, then swaps of neighbours while
they save a crossing; the best of all sweeps is kept. Everything is in a fixed order, so the same
graph gives the same answer whatever order it came in.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Node = Hashable
SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Arc:
    source: str
    sink: str
    weight: int = 1  # how much it wants to be short and straight


def strong(nodes: Iterable[str], arcs: Iterable[Arc]) -> list[set[str]]:
    """Groups of nodes that reach one another, of two or more (Tarjan), without recursion."""
    after: dict[str, list[str]] = {node: [] for node in sorted(nodes)}
    before: dict[str, list[str]] = {node: [] for node in after}
    for arc in arcs:
        if arc.source != arc.sink:
            after[arc.source].append(arc.sink)
            before[arc.sink].append(arc.source)
    order: list[str] = []
    seen: set[str] = set()
    for node in after:  # Kosaraju: finishing order, then the reverse graph
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
        self._sort_rows()
        fewest, kept = self.crossings(), self._copy()
        for sweep in range(SWEEPS):
            self._sweep(forwards=sweep % 2 == 0)
            self._swap()
            crossings = self.crossings()
            if crossings < fewest:
                fewest, kept = crossings, self._copy()
        self._restore(kept)

    def crossings(self) -> int:
        return sum(self._crossings_after(column) for column in range(len(self.columns)))

    def _crossings_after(self, column: int) -> int:
        at = self._positions()
        ends = sorted(
            (at[j.left, "r", j.left_row], at[j.right, "l", j.right_row])
            for j in self.between.get(column, ())
        )
        return sum(
            one[0] < two[0] and one[1] > two[1] for i, one in enumerate(ends) for two in ends[i:]
        )

    def _positions(self) -> dict[tuple[str, str, str], float]:
        found = {}
        for column in self.columns:
            for i, key in enumerate(column):
                item = self.items[key]
                for side, rows in (("l", item.left), ("r", item.right)):
                    for j, row in enumerate(rows):
                        found[key, side, row] = i + (j + 1) / (len(rows) + 1)
        return found

    def _sweep(self, *, forwards: bool) -> None:
        numbers = range(len(self.columns))
        for number in numbers if forwards else reversed(numbers):
            at = self._positions()
            middle = {}
            for i, key in enumerate(self.columns[number]):
                if forwards:
                    near = [at[j.left, "r", j.left_row] for j in self.into[key]]
                else:
                    near = [at[j.right, "l", j.right_row] for j in self.out[key]]
                middle[key] = sum(near) / len(near) if near else i
            self.columns[number].sort(
                key=lambda key: (
                    self.items[key].pin,
                    middle[key] if self.items[key].pin in (0, 1) else 0,
                )
            )
            self._sort_rows()

    def _sort_rows(self) -> None:
        at = self._positions()
        for item in self.items.values():
            if not item.fixed:
                item.left = self._sorted(item.left, self.into[item.key], at, incoming=True)
                item.right = self._sorted(item.right, self.out[item.key], at, incoming=False)

    @staticmethod
    def _sorted(
        rows: list[str],
        joins: Sequence[Join],
        at: Mapping[tuple[str, str, str], float],
        *,
        incoming: bool,
    ) -> list[str]:
        near: dict[str, list[float]] = {row: [] for row in rows}
        for join in joins:
            row = join.right_row if incoming else join.left_row
            end = (join.left, "r", join.left_row) if incoming else (join.right, "l", join.right_row)
            if row in near:
                near[row].append(at[end])
        return sorted(rows, key=lambda r: sum(near[r]) / len(near[r]) if near[r] else -1)

    def _swap(self) -> None:
        """Exchange neighbours wherever that saves a crossing."""
        for number, column in enumerate(self.columns):
            for i in range(len(column) - 1):
                if self.items[column[i]].pin or self.items[column[i + 1]].pin:
                    continue
                before = self._around(number)
                column[i], column[i + 1] = column[i + 1], column[i]
                if self._around(number) >= before:
                    column[i], column[i + 1] = column[i + 1], column[i]
        self._sort_rows()

    def _around(self, number: int) -> int:
        return self._crossings_after(number - 1) + self._crossings_after(number)

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
