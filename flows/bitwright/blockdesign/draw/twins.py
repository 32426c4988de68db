"""Cells that differ in nothing but their number: they are drawn as one, with a stack behind it.

Twins pass data on (no addresses of their own), are of one type, and are joined to the same cells by
the same pins and to the same clocks: the SmartConnects before the ports of an HBM, for instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bitwright.blockdesign.draw.facts import Facts, last
from bitwright.blockdesign.draw.marks import Marks
from bitwright.blockdesign.draw.text import natural
from bitwright.blockdesign.model import parent

FEWEST = 3  # twins that are worth a stack: of two, each can be seen
Joint = tuple[str, str, str, str]  # in or out, own pin, the other node, style


def twins(
    facts: Facts, marks: Marks, joints: Mapping[str, Iterable[Joint]], wires: Iterable[str]
) -> dict[str, str]:
    """For every cell that has twins the first of them, in natural order; itself too.

    joints: what each cell is joined to by edges; wires: nets that are edges
    """
    drawn = set(wires)
    quiet: dict[str, list[tuple[str, str]]] = {}
    for net in facts.design.nets:
        for end in net.ends if net.name not in drawn else ():
            quiet.setdefault(parent(end), []).append((net.name, last(end)))
    groups: dict[tuple[object, ...], list[str]] = {}
    for path in sorted(joints, key=natural):
        cell = facts.cells.get(path)
        if cell is None or not _passes_on(facts, path):
            continue
        found = tuple(sorted(joints[path]))
        if {way for way, *_ in found} != {"in", "out"} or path in marks.cells:
            continue
        same = (cell.type, cell.version, cell.parameters, found)
        groups.setdefault((*same, tuple(sorted(quiet.get(path, [])))), []).append(path)
    return {path: group[0] for group in groups.values() if len(group) >= FEWEST for path in group}


def _passes_on(facts: Facts, path: str) -> bool:
    """Whether a cell is known to have neither spaces nor segments."""
    looks = facts.looks.get(path)
    return looks is not None and looks.known and not looks.spaces and not looks.segments
