"""The tree map: the hierarchy of instances as rectangles, laid out by squarify, for each resource.

The page shows one instance at a time with what is in it, two levels deep; treemap.js draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import squarify  # type: ignore[import-untyped]

WIDE, HIGH = 1000.0, 562.5  # the drawing, in its own units: 16 to 9
HEAD = 22.0  # of a tile's height, for its name; the page gives it as many pixels
MOST = 160  # rectangles in one box; the smallest beyond that are one
REST = -2  # in place of a node's number: the smallest together
ITSELF = -1  # in place of a node's number: cells of the instance that are in none below it

Rect = list[int]  # number of the node, then left, top, width, height in thousandths of the box


@dataclass(slots=True)
class Node:
    """An instance; a chain of instances that hold nothing but one another is one node."""

    name: str
    module: str
    path: str
    area: tuple[int, ...]
    parent: int
    children: list[int]


def tree_map(hierarchy: Sequence[Mapping[str, Any]], top: str, names: Sequence[str]) -> Any:
    """What treemap.js needs: nodes, and for each resource in `names` the layout of each box.

    hierarchy: as in metrics.json, the top first
    """
    nodes = _nodes(hierarchy, top, names)
    layouts = {}
    for index, name in enumerate(names):
        if nodes and nodes[0].area[index]:
            layouts[name] = _layouts(nodes, index)
    rows = [
        {"n": node.name, "m": node.module, "w": node.path, "p": node.parent, "a": node.area}
        for node in nodes
    ]
    return {"names": [name for name in names if name in layouts], "nodes": rows, "boxes": layouts}


def _nodes(hierarchy: Sequence[Mapping[str, Any]], top: str, names: Sequence[str]) -> list[Node]:
    below: dict[str, list[Mapping[str, Any]]] = {}
    for row in hierarchy[1:]:
        below.setdefault(row["path"].rpartition(".")[0], []).append(row)
    nodes: list[Node] = []
    todo = [(row, top if not row["path"] else "", -1) for row in hierarchy[:1]]
    while todo:
        row, name, parent = todo.pop(0)
        name = name or row["path"].rpartition(".")[2]
        area = tuple(int(row.get(resource, 0)) for resource in names)
        inside = below.get(row["path"], [])
        while parent >= 0 and len(inside) == 1 and _area(inside[0], names) == area:
            row = inside[0]
            name = f"{name}.{row['path'].rpartition('.')[2]}"
            inside = below.get(row["path"], [])
        nodes.append(Node(name, str(row["module"]), row["path"], area, parent, []))
        number = len(nodes) - 1
        if parent >= 0:
            nodes[parent].children.append(number)
        todo += [(child, "", number) for child in inside if any(_area(child, names))]
    return nodes


def _area(row: Mapping[str, Any], names: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(row.get(resource, 0)) for resource in names)


def _layouts(nodes: Sequence[Node], index: int) -> dict[str, dict[str, list[Rect]]]:
    """For each node with children: `out`, laid out in the whole drawing; `in`, within its tile."""
    found: dict[str, dict[str, list[Rect]]] = {}
    for number, node in enumerate(nodes):
        if not node.children or not node.area[index]:
            continue
        box = found.setdefault(str(number), {})
        box["out"] = _rects(nodes, node, index, WIDE, HIGH)
        for child, _, _, width, height in box["out"]:
            if child >= 0 and nodes[child].children:
                wide, high = WIDE * width / 1000, HIGH * height / 1000 - HEAD
                inner = found.setdefault(str(child), {})
                inner["in"] = _rects(nodes, nodes[child], index, wide, high)
    return found


def _rects(nodes: Sequence[Node], node: Node, index: int, wide: float, high: float) -> list[Rect]:
    shares = [(nodes[child].area[index], child) for child in node.children]
    itself = node.area[index] - sum(size for size, _ in shares)
    shares = sorted(
        ((size, child) for size, child in (*shares, (itself, ITSELF)) if size > 0),
        key=lambda share: (-share[0], share[1]),
    )
    if len(shares) > MOST:
        rest = sum(size for size, _ in shares[MOST:])
        shares = sorted([*shares[:MOST], (rest, REST)], key=lambda share: -share[0])
    if not shares or wide <= 0 or high <= 0:
        return []
    sizes = squarify.normalize_sizes([size for size, _ in shares], wide, high)
    rects = squarify.squarify(sizes, 0, 0, wide, high)
    return [
        [
            child,
            round(1000 * rect["x"] / wide),
            round(1000 * rect["y"] / high),
            round(1000 * rect["dx"] / wide),
            round(1000 * rect["dy"] / high),
        ]
        for (_, child), rect in zip(shares, rects, strict=True)
    ]
