"""The YAML of a block design: bd/*.yml, and what an imported design is written as.

    design: pair
    cells:
      ps: {ip: xilinx.com:ip:processing_system7, parameters: {PCW_USE_S_AXI_HP0: 1}}
      filter: {module: filter}          # ip | module | hier | inline_hdl | container | platform
    ports:
      led: {direction: out, left: 3, right: 0}
    interface_ports:
      DDR: {mode: Master, vlnv: xilinx.com:interface:ddrx_rtl:1.0}
    interface_nets:
      ddr: [ps/DDR, DDR]
    nets:
      clk: [ps/FCLK_CLK0, ps/M_AXI_GP0_ACLK]
    addresses:                          # space: segments seen from it
      ps/Data:
        filter/s_axi/reg0: {offset: 0x4000_0000, range: 4K}

All of it is a Part, and parts can be joined: what stands in both must say the same, but
parameters, ends of nets and addresses add up. A file that is elaborated for a config has more
(`kernels`, `with`, `without`, and in a cell `preset` and `values`): see elaborate.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bitwright import yamlfile
from bitwright.blockdesign.dump import dump as dump  # part of what this module offers
from bitwright.blockdesign.model import (
    KINDS,
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Pairs,
    Place,
    Port,
    pairs,
)
from bitwright.blockdesign.parts import EVERY_BANK, CellPart, Part, is_pattern, join, said
from bitwright.blockdesign.units import UNASSIGNED, number
from bitwright.schema import NAME, Integer, check_keys, nearest
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe, shown

# What Vivado wrote is larger than what a person writes: the largest of 71 public scripts written by
# write_bd_tcl has 211 cells and two presets of a processor, which makes 300 KiB of YAML.
MAX_BYTES = 1024 * 1024

SECTIONS = ("cells", "ports", "interface_ports", "interface_nets", "nets", "addresses")
ELABORATED = ("kernels", "with", "without")  # read by elaborate.py
MODES = ("Master", "Slave", "MirroredMaster", "MirroredSlave", "Monitor")
DIRECTIONS = ("in", "out", "inout")
PORT_KINDS = ("clk", "rst", "intr", "data", "ce", "undef", "gt_usrclk")

_HOLE = re.compile(r"\{([a-z]+)(?::0(\d))?\}", re.ASCII)

Names = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was read, with what elaborate.py reads of it still as nodes."""

    name: str
    where: str
    part: Part
    rest: Mapping[str, Node] = field(default_factory=dict)  # of ELABORATED


def read(text: str, where: str) -> BlockDesign:
    """The design that a YAML text holds; what only a config can fill in is left out.

    where: the file's name in messages and places
    Raises ConfigError with every fault of the text, one line each: file, line, found, allowed.
    """
    return whole(parse(text, where))


def load(path: Path, where: str | None = None) -> Source:
    """Read a file as far as it can be read without a config."""
    where = where or str(path)
    return parse(yamlfile.read(path, where, MAX_BYTES), where)


def parse(text: str, where: str) -> Source:
    """Read a text; ConfigError with every fault in it."""
    root, faults = yamlfile.parse(text, where), Faults(where)
    check_keys(root, "", ("design", *SECTIONS, *ELABORATED), faults, (*SECTIONS, *ELABORATED))
    name = root.items.get("design")
    if name is not None and not (isinstance(name, Scalar) and NAME.match(name.text)):
        faults.add(
            name.line, f"design: expected a name of letters, digits and ._-; {describe(name)}"
        )
    made = part(root, faults)
    rest = {key: root.items[key] for key in ELABORATED if key in root.items}
    faults.check()
    assert isinstance(name, Scalar)
    return Source(name.text, where, made, rest)


def whole(source: Source, parts: Iterable[Part] = ()) -> BlockDesign:
    """The design that a file's own part and further ones make together.

    Raises ConfigError if they do not fit together.
    """
    joined = join((source.part, *parts), Faults(source.where))
    return BlockDesign.of(
        source.name,
        cells=(one.cell for one in joined.cells),
        ports=joined.ports,
        interface_ports=joined.interface_ports,
        nets=joined.nets,
        interface_nets=joined.interface_nets,
        addresses=joined.addresses,
    )


# --- a part out of a table ----------------------------------------------------------------------


def part(node: Table, faults: Faults) -> Part:
    """The sections of one table; its other keys are for the caller."""
    reader = _Reader(faults)
    nets = reader.every(node, "nets", reader.net)
    interfaces = reader.every(node, "interface_nets", reader.net)
    addresses = [one for space in reader.every(node, "addresses", reader.space) for one in space]
    return Part(
        cells=reader.every(node, "cells", reader.cell),
        ports=reader.every(node, "ports", reader.port),
        interface_ports=reader.every(node, "interface_ports", reader.interface_port),
        interface_nets=interfaces,
        nets=nets,
        addresses=tuple(one for one in addresses if not is_pattern(one)),
        banks=tuple(one for one in addresses if is_pattern(one)),
    )


def segments(node: Node, place: Place, faults: Faults) -> tuple[Address, ...]:
    """What one space sees, before it is known which space: of Address.space nothing is said."""
    return _Reader(faults).space("", node, place) or ()


def filled(node: Node, names: Names) -> Node:
    """The node with {name} and {name:02} filled in wherever its texts have one of the names."""
    match node:
        case Scalar(line, text, plain):
            return Scalar(line, fill(text, names), plain)
        case Sequence(line, items):
            return Sequence(line, tuple(filled(item, names) for item in items))
        case Table(line, items, lines):
            return Table(
                line,
                {fill(key, names): filled(item, names) for key, item in items.items()},
                {fill(key, names): at for key, at in lines.items()},
            )


def fill(text: str, names: Names) -> str:
    """S{n:02}_AXI with n = 3 is S03_AXI; names that are not given stay as they stand."""

    def found(hole: re.Match[str]) -> str:
        value = names.get(hole[1], hole[0])
        return f"{value:0{hole[2]}d}" if hole[2] and isinstance(value, int) else str(value)

    return _HOLE.sub(found, text)


_T = TypeVar("_T")


class _Reader:
    """Turns nodes into objects; faults are gathered, so one pass names them all."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def every(
        self, node: Table, key: str, read: Callable[[str, Node, Place], _T | None]
    ) -> tuple[_T, ...]:
        """What stands in one section, each object with the place of its name."""
        section = node.items.get(key)
        if section is None:
            return ()
        if not isinstance(section, Table):
            self.faults.add(section.line, f"{key}: expected names, found {describe(section)}")
            return ()
        made = []
        for name, item in section.items.items():
            line = section.lines[name]
            if not name:
                self.faults.add(line, f"{key}: a name is empty")
            found = read(name, item, Place(self.faults.where, line))
            made += [] if found is None else [found]
        return tuple(made)

    def cell(self, path: str, node: Node, place: Place) -> CellPart | None:
        table = self.table(path, node, (*KINDS, "version", "parameters", "preset", "values"))
        if table is None:
            return None
        kinds = [kind for kind in KINDS if kind in table.items]
        if len(kinds) > 1:
            self.faults.add(
                table.lines[kinds[1]], f"{said(path)}: {kinds[0]} and {kinds[1]}: one of them"
            )
        kind = kinds[0] if kinds else ""
        its = self.text(path, table, kind, empty=kind == "hier") if kind else ""
        cell = Cell(
            path,
            kind,
            its,
            self.text(path, table, "version"),
            self.pairs(path, table, "parameters"),
            place,
        )
        values = self.pairs(path, table, "values")
        return CellPart(cell, self.text(path, table, "preset"), values)

    def port(self, path: str, node: Node, place: Place) -> Port | None:
        keys = ("direction", "kind", "left", "right", "parameters")
        table = self.table(path, node, keys, needed=("direction",))
        if table is None:
            return None
        left, right = (self.number(path, table, key, sign=True) for key in ("left", "right"))
        if (left is None) != (right is None):
            self.faults.add(table.line, f"{said(path)}: left and right go together")
        return Port(
            path,
            self.one_of(path, table, "direction", DIRECTIONS),
            self.one_of(path, table, "kind", PORT_KINDS),
            left,
            right,
            self.pairs(path, table, "parameters"),
            place,
        )

    def interface_port(self, path: str, node: Node, place: Place) -> InterfacePort | None:
        table = self.table(path, node, ("mode", "vlnv", "parameters"), needed=("mode", "vlnv"))
        if table is None:
            return None
        mode = self.one_of(path, table, "mode", MODES)
        vlnv = self.text(path, table, "vlnv")
        return InterfacePort(path, mode, vlnv, self.pairs(path, table, "parameters"), place)

    def net(self, name: str, node: Node, place: Place) -> Net | None:
        if not isinstance(node, Sequence) or not all(isinstance(n, Scalar) for n in node.items):
            text = f"{said(name)}: expected a list of what it joins, found {describe(node)}"
            self.faults.add(node.line, text)
            return None
        ends = [item.text for item in node.items if isinstance(item, Scalar)]
        for end in sorted({end for end in ends if ends.count(end) > 1}):
            self.faults.add(node.line, f"{said(name)}: {said(end)} stands there twice")
        return Net(name, tuple(ends), place)

    def space(self, space: str, node: Node, place: Place) -> tuple[Address, ...] | None:
        if not isinstance(node, Table):
            text = f"{said(space)}: expected the segments seen from it, found {describe(node)}"
            self.faults.add(node.line, text)
            return None
        return tuple(
            self.address(space, segment, item, Place(place.file, node.lines[segment]))
            for segment, item in node.items.items()
        )

    def address(self, space: str, segment: str, node: Node, place: Place) -> Address:
        if isinstance(node, Scalar) and node.text == "memory":
            return Address(space, segment, None, EVERY_BANK, place=place)
        table = self.table(segment, node, ("offset", "range", "excluded"))
        if table is None:
            return Address(space, segment, None, None, place=place)
        offset, size = (self.number(segment, table, key) for key in ("offset", "range"))
        excluded = self.one_of(segment, table, "excluded", ("true", "false")) == "true"
        if not excluded and "offset" not in table.items:
            self.faults.add(table.line, f"{said(segment)}: missing offset")
        return Address(space, segment, offset, size, excluded, place)

    # --- values ---

    def table(
        self, name: str, node: Node, keys: tuple[str, ...], needed: tuple[str, ...] = ()
    ) -> Table | None:
        if not isinstance(node, Table):
            text = f"{said(name)}: expected keys ({', '.join(keys)}), found {describe(node)}"
            self.faults.add(node.line, text)
            return None
        check_keys(node, said(name), keys, self.faults, optional=set(keys) - set(needed))
        return node

    def text(self, name: str, table: Table, key: str, *, empty: bool = False) -> str:
        node = table.items.get(key)
        if node is None:
            return ""
        if not isinstance(node, Scalar) or (node.plain and not node.text and not empty):
            self.faults.add(
                node.line, f"{said(name)}: {key}: expected a text, found {describe(node)}"
            )
            return ""
        return node.text

    def one_of(self, name: str, table: Table, key: str, values: tuple[str, ...]) -> str:
        text = self.text(name, table, key)
        if key in table.items and text not in values:
            known = ", ".join(values)
            hint = nearest(text, values)
            line = table.items[key].line
            self.faults.add(
                line, f"{said(name)}: {key}: expected one of {known}; {shown(text)}{hint}"
            )
        return text

    def pairs(self, name: str, table: Table, key: str) -> Pairs:
        node = table.items.get(key)
        return () if node is None else parameters(node, f"{said(name)}: {key}", self.faults)

    def number(self, name: str, table: Table, key: str, *, sign: bool = False) -> int | None:
        node = table.items.get(key)
        text = node.text if isinstance(node, Scalar) else ""
        if node is None or (key, text) == ("offset", UNASSIGNED):
            return None
        value = number(text.removeprefix("-") if sign else text)
        if value is None:
            like = "a number such as 31" if sign else "bytes, such as 0x4000_0000 or 64K"
            self.faults.add(
                node.line, f"{said(name)}: {key}: expected {like}, found {describe(node)}"
            )
            return None
        return -value if sign and text.startswith("-") else value


def parameters(node: Node, name: str, faults: Faults) -> Pairs:
    """Parameters and their values; one with {n} in its name may stand for many:

    "USER_SAXI_{n:02}": {value: false, each: [3, [8, 10]]}    # 3, 8, 9 and 10
    """
    if not isinstance(node, Table):
        faults.add(node.line, f"{name}: expected values, found {describe(node)}")
        return ()
    found: dict[str, str] = {}
    for key, item in node.items.items():
        line = node.lines[key]
        value = item.items.get("value", item) if isinstance(item, Table) else item
        if not isinstance(value, Scalar) or (value.plain and not value.text):
            faults.add(
                item.line, f"{name}: {said(key)}: expected one value, found {describe(value)}"
            )
            continue
        for each in _each(key, item, faults) if isinstance(item, Table) else [key]:
            if each in found:
                faults.add(line, f"{name}: {said(each)} has a value already")
            found[each] = value.text
    return pairs(found)


def _each(name: str, table: Table, faults: Faults) -> list[str]:
    """The names that one with {n} in it stands for."""
    node = table.items.get("each")
    found: list[int | None] = []
    for item in node.items if isinstance(node, Sequence) else ():
        ends = item.items if isinstance(item, Sequence) else (item, item)
        texts = [end.text for end in ends if isinstance(end, Scalar)]
        values = [value for value in map(Integer(0, 255).text, texts) if value is not None]
        found += range(values[0], values[1] + 1) if len(values) == 2 else [None]
    names = [fill(name, {"n": n}) for n in found if n is not None]
    if None in found or not names or len(set(names)) < len(found):
        faults.add(table.line, f"{said(name)}: expected {{n}} in it, and each: [3, [8, 10]]")
    return names
