"""How the kernels of a config are joined to a design: the section `kernels` of a file of bd/.

What stands there, elaborate.py says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bitwright.blockdesign import expression, source, units
from bitwright.blockdesign.model import Address, Place
from bitwright.blockdesign.parts import Part
from bitwright.schema import check_keys
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe

KERNELS = ("clock", "reset", "interrupt", "control", "memory", "slr")
CONTROL = ("through", "space", "offset", "stride")
WAY = ("through", "addresses", "each", "cells", "interface_nets", "nets")


@dataclass(frozen=True, slots=True)
class Control:
    through: Scalar  # the interface that s_axi_control is joined to; {n} counts the kernels
    space: str  # "" where the tool places the registers
    offset: int  # bytes; of the first kernel
    stride: int  # bytes from one kernel to the next


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the memory."""

    through: str  # the interface that a bundle is joined to; {n} counts the bundles
    segments: tuple[Address, ...]  # as every bundle that goes this way sees them; no space yet
    part: Part  # what it consists of


@dataclass(frozen=True, slots=True)
class Attachment:
    """How kernels are joined to a design."""

    clock: str  # nets
    reset: str
    interrupt: Scalar | None
    control: Control
    ways: tuple[Way, ...]
    slr: str  # the cell that is told the kernels' regions; "" where nobody is
    place: Place


def read(nodes: Iterable[Node], banks: int, faults: Faults) -> Attachment | None:
    """What the sections `kernels` say, of each key the last one; None if nothing, or with faults.

    banks: how many the target's memory has
    """
    before, node = len(faults.found), Table(0, {}, {})
    for one in nodes:
        if isinstance(one, Table):
            line = node.line or one.line
            node = Table(line, {**node.items, **one.items}, {**node.lines, **one.lines})
        else:
            faults.add(one.line, f"kernels: expected keys ({', '.join(KERNELS)}), {describe(one)}")
    if not node.items:
        return None
    check_keys(node, "kernels", KERNELS, faults, optional=("interrupt", "slr"))
    texts = {key: _text(node, key, faults) for key in ("clock", "reset", "interrupt", "slr")}
    control = _control(node.items["control"], faults) if "control" in node.items else None
    ways = _ways(node.items["memory"], banks, faults) if "memory" in node.items else ()
    if len(faults.found) > before:
        return None
    assert texts["clock"] and texts["reset"] and control
    place = Place(faults.where, node.line)
    clock, reset = texts["clock"].text, texts["reset"].text
    slr = texts["slr"].text if texts["slr"] else ""
    return Attachment(clock, reset, texts["interrupt"], control, ways, slr, place)


def _text(table: Table, key: str, faults: Faults) -> Scalar | None:
    node = table.items.get(key)
    if node is not None and not (isinstance(node, Scalar) and node.text):
        faults.add(node.line, f"{key}: expected a name, found {describe(node)}")
    return node if isinstance(node, Scalar) else None


def _control(node: Node, faults: Faults) -> Control | None:
    if not isinstance(node, Table):
        faults.add(node.line, f"control: expected keys ({', '.join(CONTROL)}), {describe(node)}")
        return None
    check_keys(node, "control", CONTROL, faults, optional=CONTROL[1:])
    through, space = _text(node, "through", faults), _text(node, "space", faults)
    numbers = {}
    for key in ("offset", "stride") if space else ():
        item = node.items.get(key)
        value = units.number(item.text) if isinstance(item, Scalar) else None
        if value is None:
            text = f"control: {key}: expected bytes, such as 64K"
            faults.add(item.line if item else node.line, text)
        numbers[key] = value or 0
    if through is None:
        return None
    return Control(
        through, space.text if space else "", numbers.get("offset", 0), numbers.get("stride", 0)
    )


def _ways(node: Node, banks: int, faults: Faults) -> tuple[Way, ...]:
    if not isinstance(node, Sequence) or not node.items:
        faults.add(node.line, f"memory: expected a list of ways, found {describe(node)}")
        return ()
    return tuple(way for item in node.items for way in _way(item, banks, faults))


def _way(node: Node, banks: int, faults: Faults) -> list[Way]:
    """One entry: one way, or as many as its `each` counts."""
    if not isinstance(node, Table):
        faults.add(node.line, f"memory: expected keys ({', '.join(WAY)}), found {describe(node)}")
        return []
    check_keys(node, "memory", WAY, faults, optional=WAY[1:])
    through = _text(node, "through", faults)
    every = _each(node.items["each"], banks, faults) if "each" in node.items else [{}]
    if through is None:
        return []
    before, place = len(faults.found), Place(faults.where, node.line)
    made: list[Way] = []
    for names in every:
        if len(faults.found) > before:  # the same once more for each of them
            break
        table = source.filled(node, names)
        assert isinstance(table, Table)
        seen = table.items.get("addresses")
        segments = source.segments(seen, place, faults) if seen else ()
        pieces = {key: item for key, item in table.items.items() if key in source.SECTIONS}
        pieces.pop("addresses", None)
        part = source.part(Table(table.line, pieces, table.lines), faults)
        text = source.fill(through.text, names)  # with {n} still in it, for the bundles
        made.append(Way(text, segments, part))
    return made


def _each(node: Node, banks: int, faults: Faults) -> list[dict[str, int]]:
    """{p: [0, 30]} as p = 0, 1, ... 30; [{hp: 0, gp: 2}, {hp: 1, gp: 3}] as it stands."""
    if isinstance(node, Table) and len(node.items) == 1:
        ((name, item),) = node.items.items()
        ends = item.items if isinstance(item, Sequence) else ()
        values = [number for end in ends if (number := _number(end, banks)) is not None]
        if len(values) == len(ends) == 2 and values[0] <= values[1]:
            return [{name: value} for value in range(values[0], values[1] + 1)]
    if isinstance(node, Sequence) and node.items:
        rows = [_numbers(item, banks) for item in node.items]
        if all(rows):
            return rows
    faults.add(node.line, "each: expected {p: [0, 30]} or [{p: 0, q: 2}, {p: 1, q: 3}]")
    return []


def _numbers(node: Node, banks: int) -> dict[str, int]:
    """The numbers of a table by name; nothing if it is none, or holds anything else."""
    items = node.items if isinstance(node, Table) else {}
    found = {name: _number(item, banks) for name, item in items.items()}
    numbers = {name: value for name, value in found.items() if value is not None}
    return numbers if len(numbers) == len(found) else {}


def _number(node: Node, banks: int) -> int | None:
    """A number, or an expression over `banks`: how many the target's memory has."""
    if not isinstance(node, Scalar):
        return None
    try:
        value = expression.evaluate(node.text, {"banks": banks})
    except expression.ExpressionError:
        return None
    return value if isinstance(value, int) and 0 <= value < 256 else None
