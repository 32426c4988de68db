"""Where edges bend: between two columns each edge has one vertical piece, on a track of its own.

Tracks are ordered so that few pieces cross and none lie on one another; pieces that do not meet
share a track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PITCH = 10  # pixels from track to track
OVERLAP = 40  # how many crossings are better than two pieces that lie on one another
NEAR = 5  # pixels


@dataclass(frozen=True, slots=True)
class Lane:
    """What one edge (or all edges of one source) does between two columns."""

    key: str
    lefts: tuple[int, ...]  # heights at which it meets the left column
    rights: tuple[int, ...]

    @property
    def low(self) -> int:
        return min(self.lefts + self.rights)

    @property
    def high(self) -> int:
        return max(self.lefts + self.rights)

    @property
    def straight(self) -> bool:
        return self.low == self.high and bool(self.lefts) and bool(self.rights)


def tracks(lanes: Sequence[Lane]) -> tuple[dict[str, int], int]:
    """The track of each lane that bends, from 0 at the left, and how many tracks there are."""
    bent = [lane for lane in lanes if not lane.straight]
    order = sorted(bent, key=_first_guess)
    _improve(order)
    found: dict[str, int] = {}
    for i, lane in enumerate(order):
        found[lane.key] = max(
            (found[one.key] + 1 for one in order[:i] if _meet(one, lane)), default=0
        )
    return found, max(found.values(), default=-1) + 1


def _first_guess(lane: Lane) -> tuple[int, int, str]:
    down = sum(lane.rights) * max(len(lane.lefts), 1) >= sum(lane.lefts) * max(len(lane.rights), 1)
    return (-lane.high if down else lane.low, lane.low, lane.key)


def _meet(one: Lane, other: Lane) -> bool:
    return one.low - NEAR <= other.high and other.low - NEAR <= one.high


def _improve(order: list[Lane]) -> None:
    """Move lanes to where they cross fewest others, as long as that helps."""
    cost = {(a.key, b.key): _cost(a, b) for a in order for b in order}
    better = True
    while better:
        better = False
        for lane in list(order):
            at = order.index(lane)
            rest = order[:at] + order[at + 1 :]
            # the change of cost on the way from the first place to each other one
            here = sum(cost[lane.key, one.key] for one in rest)
            costs = [here]
            for one in rest:
                here += cost[one.key, lane.key] - cost[lane.key, one.key]
                costs.append(here)
            best = min(range(len(costs)), key=lambda i: (costs[i], abs(i - at)))
            if costs[best] < costs[at]:
                order[:] = [*rest[:best], lane, *rest[best:]]
                better = True


def _cost(first: Lane, second: Lane) -> int:
    """Crossings of two lanes, the first left of the second."""
    cost = sum(second.low < y < second.high for y in first.rights)
    cost += sum(first.low < y < first.high for y in second.lefts)
    for y in first.rights:
        cost += OVERLAP * sum(abs(y - other) < NEAR for other in second.lefts)
    return cost
