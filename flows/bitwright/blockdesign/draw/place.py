"""How high each item of a column stands: edges as straight as the order of the columns allows.

For one column with all others fixed, the sum of weighted vertical distances is least at medians of
pooled neighbours (pool adjacent violators, for the L1 norm); columns are done in turn, both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Tie:
    """Two items that want their ends at one height."""

    one: str
    one_at: int  # pixels below the top of the item
    other: str
    other_at: int
    weight: int


def heights(
    columns: Sequence[Sequence[str]],
    tall: Mapping[str, int],
    gap: Mapping[tuple[str, str], int],
    ties: Sequence[Tie],
) -> dict[str, int]:
    """The top of every item, in pixels; the highest is at 0.

    tall: height of each item; gap: pixels between one and the next in a column
    """
    top: dict[str, int] = {}
    for column in columns:
        y = 0
        for i, key in enumerate(column):
            y += gap[column[i - 1], key] if i else 0
            top[key] = y
            y += tall[key]
    near: dict[str, list[tuple[str, int, int, int]]] = {key: [] for key in top}
    for tie in ties:
        near[tie.one].append((tie.other, tie.other_at, tie.one_at, tie.weight))
        near[tie.other].append((tie.one, tie.one_at, tie.other_at, tie.weight))
    number = {key: i for i, column in enumerate(columns) for key in column}
    for turn in range(ROUNDS):
        order = range(len(columns))
        both = turn >= ROUNDS - 4
        for i in order if turn % 2 == 0 else reversed(order):
            side = -1 if turn % 2 == 0 else 1
            wanted = {
                key: [
                    (top[other] + other_at - own_at, weight)
                    for other, other_at, own_at, weight in near[key]
                    if both or number[other] - i == side
                ]
                for key in columns[i]
            }
            top.update(_column(columns[i], tall, gap, wanted, top))
    least = min(top.values(), default=0)
    return {key: y - least for key, y in top.items()}


@dataclass(slots=True)
class _Pool:
    keys: list[str]
    values: list[tuple[int, int]]  # where its members want its head, and how much

    @property
    def middle(self) -> int:
        half, sofar = sum(weight for _, weight in self.values) / 2, 0
        for value, weight in sorted(self.values):
            sofar += weight
            if sofar >= half:
                return value
        return 0


def _column(
    column: Sequence[str],
    tall: Mapping[str, int],
    gap: Mapping[tuple[str, str], int],
    wanted: Mapping[str, list[tuple[int, int]]],
    top: Mapping[str, int],
) -> dict[str, int]:
    """Tops of one column that are nearest to what is wanted, order and gaps kept."""
    pools: list[_Pool] = []
    below: dict[str, int] = {}
    y = 0
    for i, key in enumerate(column):
        if i:
            y += tall[column[i - 1]] + gap[column[i - 1], key]
        below[key] = y
        values = wanted[key] or [(top[key], 1)]
        pools.append(_Pool([key], [(value - y, 10 * weight) for value, weight in values]))
        while len(pools) > 1 and pools[-2].middle > pools[-1].middle:
            last = pools.pop()
            pools[-1] = _Pool(pools[-1].keys + last.keys, pools[-1].values + last.values)
    return {key: pool.middle + below[key] for pool in pools for key in pool.keys}
