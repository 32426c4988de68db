"""Paths matched by their ends, hierarchies by instance; a new name is believed where certain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bitwright.reports.compare.snapshot import Instance, TimingPath
from bitwright.reports.measures import MEASURES
from bitwright.reports.paths import short

BIT = re.compile(r"\[\d+\](/\w+)?$")  # of a Vivado register, with its pin
Fate = Literal["same", "changed", "renamed", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Moved:
    """A worst path on both sides, or on one of them."""

    before: TimingPath | None
    after: TimingPath | None
    note: str = ""  # how the two were matched, unless by the same ends

    @property
    def change_ns(self) -> float | None:
        """Of the slack; negative is worse. None where one side has no slack to compare."""
        sides = (self.before, self.after)
        slacks = [side.slack_ns for side in sides if side and side.slack_ns is not None]
        return round(slacks[1] - slacks[0], 3) if len(slacks) == 2 else None


@dataclass(frozen=True, slots=True)
class Grown:
    """An instance on both sides, or on one of them."""

    before: str | None  # its path
    after: str | None
    module: str
    fate: Fate
    change: Mapping[str, int]  # of its area with all below it; only what changed
    own: Mapping[str, int]  # of its area without its children: where it happened

    @property
    def size(self) -> float:
        return sum(abs(n) * MEASURES[name].weight for name, n in self.own.items())


def match_paths(before: Sequence[TimingPath], after: Sequence[TimingPath]) -> tuple[Moved, ...]:
    """Every path that is not the same on both sides, the worst change first.

    By clock edges and end cells, several with the same ends worst to worst; then by registers,
    where a bus has one such path on each side and only the bit differs. The rest is gone or new.
    """
    same = Counter(before) & Counter(after)
    left, right = (list((Counter(side) - same).elements()) for side in (before, after))
    found = [Moved(a, b) for a, b in _in_order(left, right)]
    found += [Moved(a, b, "another bit") for a, b in _pairs(left, right, _registers)]
    found += [Moved(path, None) for path in left]
    found += [Moved(None, path) for path in right]
    return tuple(sorted(found, key=_gravity))


def _ends(path: TimingPath) -> Hashable:
    return path.launch, path.capture, path.start, path.end


def _registers(path: TimingPath) -> Hashable:
    return path.launch, path.capture, _register(path.start), _register(path.end)


def _register(cell: str) -> Hashable:
    """What the bits of a register share: u_a/acc_reg[3]/C and u_a.acc_q_TRELLIS_FF_Q_3."""
    if "/" in cell:
        return BIT.sub("", cell)
    name = short(cell)
    return name.scope, name.signal


def _in_order(
    left: list[TimingPath], right: list[TimingPath]
) -> list[tuple[TimingPath, TimingPath]]:
    """Pairs of the same ends, worst to worst; they are taken out of both lists."""
    waiting: dict[Hashable, list[TimingPath]] = {}
    for path in sorted(right, key=_slack):
        waiting.setdefault(_ends(path), []).append(path)
    pairs = []
    for path in sorted(left, key=_slack):
        if mates := waiting.get(_ends(path)):
            pairs.append((path, mates.pop(0)))
    left[:] = (Counter(left) - Counter(ours for ours, _ in pairs)).elements()
    right[:] = (Counter(right) - Counter(theirs for _, theirs in pairs)).elements()
    return pairs


def _slack(path: TimingPath) -> tuple[float, float]:
    """The worst first; what has no slack last, the longest of them first."""
    slack = path.slack_ns if path.slack_ns is not None else float("inf")
    return slack, -path.delay_ns


def _pairs(
    left: list[TimingPath], right: list[TimingPath], key: Callable[[TimingPath], Hashable]
) -> list[tuple[TimingPath, TimingPath]]:
    """Pairs of the same key that one path of each side has; they are taken out of both lists."""
    sides = [Counter(map(key, side)) for side in (left, right)]
    single = {k for k, n in sides[0].items() if n == 1 and sides[1][k] == 1}
    mates = {key(path): path for path in right if key(path) in single}
    pairs = [(path, mates[key(path)]) for path in left if key(path) in single]
    left[:] = [path for path in left if key(path) not in single]
    right[:] = [path for path in right if key(path) not in single]
    return pairs


def _gravity(moved: Moved) -> tuple[int, float, str]:
    """Slacks that fell, then what is new, gone or risen."""
    change = moved.change_ns
    path = moved.after or moved.before
    assert path is not None
    slack = path.slack_ns if path.slack_ns is not None else float("inf")
    rank = 0 if change is not None and change < 0 else 1 if moved.before is None else 2
    return rank, change if change is not None else slack, f"{path.start} {path.end}"


def match_instances(before: Sequence[Instance], after: Sequence[Instance]) -> tuple[Grown, ...]:
    """Every instance that is not the same on both sides; where most changed by itself first.

    A path that only one side has is the other's under a new name if that is certain: both stand
    below the same (or the same renamed) parent, are of the same module and have the same area, and
    neither side has a second like it. What stands below a renamed instance keeps its own name.
    """
    left = {node.path: node for node in before}
    right = {node.path: node for node in after}
    mates = _mates(left, right)
    taken = set(mates.values())
    own = _own(before), _own(after)
    found = [_grown(left[a], right[b], own) for a, b in mates.items()]
    found += [_grown(left[path], None, own) for path in left if path not in mates]
    found += [_grown(None, right[path], own) for path in right if path not in taken]
    changed = [grown for grown in found if grown.fate != "same"]
    return tuple(
        sorted(changed, key=lambda grown: (-grown.size, grown.after or grown.before or ""))
    )


def _mates(left: Mapping[str, Instance], right: Mapping[str, Instance]) -> dict[str, str]:
    """Path on the left -> path on the right, parents before their children."""
    mates: dict[str, str] = {}
    by_parent = [_children(side) for side in (left, right)]
    todo = [("", "")] if "" in left and "" in right else []
    for a, b in todo:  # grows while it is walked
        mates[a] = b
        ours, theirs = by_parent[0].get(a, {}), by_parent[1].get(b, {})
        both = [(ours[name], theirs[name]) for name in ours if name in theirs]
        alone = [
            [side[name] for name in side if name not in other]
            for side, other in ((ours, theirs), (theirs, ours))
        ]
        todo += both + _renamed([left[p] for p in alone[0]], [right[p] for p in alone[1]])
    taken = set(mates.values())  # what stands below nothing that is listed has its path alone
    return mates | {p: p for p in left if p not in mates and p in right and p not in taken}


def _children(side: Mapping[str, Instance]) -> dict[str, dict[str, str]]:
    """Parent's path -> last name -> path."""
    found: dict[str, dict[str, str]] = {}
    for path in filter(None, side):
        parent, _, name = path.rpartition(".")
        found.setdefault(parent, {})[name] = path
    return found


def _renamed(left: Iterable[Instance], right: Iterable[Instance]) -> list[tuple[str, str]]:
    """Pairs of siblings alike in module and area, each the only one of its side."""
    like = [_alike(side) for side in (left, right)]
    return [
        (paths[0], like[1][key][0])
        for key, paths in like[0].items()
        if len(paths) == 1 and len(like[1].get(key, ())) == 1
    ]


def _alike(side: Iterable[Instance]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for node in side:
        if node.module and any(node.area.values()):  # two that hold nothing are not alike
            found.setdefault((node.module, tuple(sorted(node.area.items()))), []).append(node.path)
    return found


Areas = Mapping[str, Mapping[str, int]]  # by path


def _grown(a: Instance | None, b: Instance | None, own_areas: tuple[Areas, Areas]) -> Grown:
    change = _change(a.area if a else {}, b.area if b else {})
    owns = [areas[node.path] if node else {} for node, areas in zip((a, b), own_areas, strict=True)]
    own = _change(*owns)
    fate: Fate = "changed" if change or own else "same"
    if a is None or b is None:
        fate = "new" if a is None else "gone"
    elif a.path.rpartition(".")[2] != b.path.rpartition(".")[2]:
        fate = "renamed"
    module = (b or a or Instance("", "", {})).module
    return Grown(a.path if a else None, b.path if b else None, module, fate, change, own)


def _change(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    names = [name for name in MEASURES if name in a or name in b]
    return {n: b.get(n, 0) - a.get(n, 0) for n in names if a.get(n, 0) != b.get(n, 0)}


def _own(side: Iterable[Instance]) -> Areas:
    """The area of each instance without its children."""
    own = {node.path: dict(node.area) for node in side}
    for node in side:
        parent = own.get(node.path.rpartition(".")[0]) if node.path else None
        if parent is not None:
            for name, n in node.area.items():
                parent[name] = parent.get(name, 0) - n
    return own
