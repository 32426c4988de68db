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
from bitwright.errors import ConfigError
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
UNASSIGNED = "unassigned"  # for the offset of a segment that is to be placed by the tool
HIGHEST = 2**64  # no address space of AXI is larger
_NUMBER = re.compile(r"(0x[0-9a-fA-F](?:_?[0-9a-fA-F]){0,19}|[0-9](?:_?[0-9]){0,19})([KMGTPE]?)")
_UNITS = {unit: 1 << 10 * power for power, unit in enumerate(("", *"KMGTPE"))}

_HOLE = re.compile(r"\{([a-z]+)(?::0(\d))?\}", re.ASCII)

Names = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class CellPart:
    """What one place says of a cell."""

    cell: Cell  # kind is "" where another part says what the cell is
    preset: str = ""  # of the board, whose parameters the cell takes
    values: Pairs = ()  # parameter, and what of the design it takes: clock_mhz, kernels


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a block design."""

    cells: tuple[CellPart, ...] = ()
    ports: tuple[Port, ...] = ()
    interface_ports: tuple[InterfacePort, ...] = ()
    interface_nets: tuple[Net, ...] = ()
    nets: tuple[Net, ...] = ()
    addresses: tuple[Address, ...] = ()
    banks: tuple[Address, ...] = ()  # {bank} in the segment: stands for every bank of the board


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


def is_pattern(one: Address) -> bool:
    """Whether it stands for one address for each bank of the board's memory."""
    return "{bank}" in one.segment


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
                table.lines[kinds[1]], f"{path}: {kinds[0]} and {kinds[1]}: one of them"
            )
        kind = kinds[0] if kinds else ""
        said = self.text(path, table, kind, empty=kind == "hier") if kind else ""
        cell = Cell(
            path,
            kind,
            said,
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
            self.faults.add(table.line, f"{path}: left and right go together")
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
            text = f"{name}: expected a list of what it joins, found {describe(node)}"
            self.faults.add(node.line, text)
            return None
        ends = [item.text for item in node.items if isinstance(item, Scalar)]
        for end in sorted({end for end in ends if ends.count(end) > 1}):
            self.faults.add(node.line, f"{name}: {end} stands there twice")
        return Net(name, tuple(ends), place)

    def space(self, space: str, node: Node, place: Place) -> tuple[Address, ...] | None:
        if not isinstance(node, Table):
            text = f"{space}: expected the segments seen from it, found {describe(node)}"
            self.faults.add(node.line, text)
            return None
        return tuple(
            self.address(space, segment, item, Place(place.file, node.lines[segment]))
            for segment, item in node.items.items()
        )

    def address(self, space: str, segment: str, node: Node, place: Place) -> Address:
        if "{bank}" in segment and isinstance(node, Scalar) and node.text == "memory":
            return Address(space, segment, None, None, place=place)
        table = self.table(segment, node, ("offset", "range", "excluded"))
        if table is None:
            return Address(space, segment, None, None, place=place)
        offset, size = (self.number(segment, table, key) for key in ("offset", "range"))
        excluded = self.one_of(segment, table, "excluded", ("true", "false")) == "true"
        if not excluded and "offset" not in table.items:
            self.faults.add(table.line, f"{segment}: missing offset")
        return Address(space, segment, offset, size, excluded, place)

    # --- values ---

    def table(
        self, name: str, node: Node, keys: tuple[str, ...], needed: tuple[str, ...] = ()
    ) -> Table | None:
        if not isinstance(node, Table):
            text = f"{name}: expected keys ({', '.join(keys)}), found {describe(node)}"
            self.faults.add(node.line, text)
            return None
        check_keys(node, name, keys, self.faults, optional=set(keys) - set(needed))
        return node

    def text(self, name: str, table: Table, key: str, *, empty: bool = False) -> str:
        node = table.items.get(key)
        if node is None:
            return ""
        if not isinstance(node, Scalar) or (node.plain and not node.text and not empty):
            self.faults.add(node.line, f"{name}: {key}: expected a text, found {describe(node)}")
            return ""
        return node.text

    def one_of(self, name: str, table: Table, key: str, values: tuple[str, ...]) -> str:
        text = self.text(name, table, key)
        if key in table.items and text not in values:
            known = ", ".join(values)
            hint = nearest(text, values)
            line = table.items[key].line
            self.faults.add(line, f"{name}: {key}: expected one of {known}; {shown(text)}{hint}")
        return text

    def pairs(self, name: str, table: Table, key: str) -> Pairs:
        node = table.items.get(key)
        return () if node is None else parameters(node, f"{name}: {key}", self.faults)

    def number(self, name: str, table: Table, key: str, *, sign: bool = False) -> int | None:
        node = table.items.get(key)
        text = node.text if isinstance(node, Scalar) else ""
        if node is None or (key, text) == ("offset", UNASSIGNED):
            return None
        value = number(text.removeprefix("-") if sign else text)
        if value is None:
            like = "a number such as 31" if sign else "bytes, such as 0x4000_0000 or 64K"
            self.faults.add(node.line, f"{name}: {key}: expected {like}, found {describe(node)}")
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
            faults.add(item.line, f"{name}: {key}: expected one value, found {describe(value)}")
            continue
        for each in _each(key, item, faults) if isinstance(item, Table) else [key]:
            if each in found:
                faults.add(line, f"{name}: {each} has a value already")
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
        faults.add(table.line, f"{name}: expected {{n}} in it, and each: [3, [8, 10]]")
    return names


def number(text: str) -> int | None:
    """The value of 4096, 0x4000_0000 or 64K; None for anything else, or beyond 2 ** 64."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    digits = match[1].replace("_", "")
    value = int(digits, 16 if digits.startswith("0x") else 10) * _UNITS[match[2]]
    return value if value <= HIGHEST else None


# --- parts into one -----------------------------------------------------------------------------


def join(parts: Iterable[Part], faults: Faults) -> Part:
    """One part of many; ConfigError where two of them contradict each other."""
    every = tuple(parts)
    cells: dict[str, CellPart] = {}
    for one in (one for part in every for one in part.cells):
        known = cells.get(one.cell.path)
        cells[one.cell.path] = _both(known, one, faults) if known else one
    for one in cells.values():
        if not one.cell.kind:
            kinds = ", ".join(KINDS)
            faults.add(one.cell.place.line, f"{one.cell.path}: nothing says what it is ({kinds})")
    joined = Part(
        tuple(cells.values()),
        _unique((port for part in every for port in part.ports), faults),
        _unique((port for part in every for port in part.interface_ports), faults),
        _nets(net for part in every for net in part.interface_nets),
        _nets(net for part in every for net in part.nets),
        _addresses((one for part in every for one in part.addresses), faults),
        tuple(one for part in every for one in part.banks),
    )
    faults.check()
    return joined


def _both(one: CellPart, other: CellPart, faults: Faults) -> CellPart:
    """What two parts say of a cell; of a parameter the later one counts."""
    a, b = one.cell, other.cell
    if b.kind and a.kind and (a.kind, a.type, a.version) != (b.kind, b.type, b.version):
        text = f"{b.path}: {b.type}; it is {a.type} on line {a.place.line}"
        faults.add(b.place.line, text)
    first = a if a.kind else b
    parameters = pairs({**dict(a.parameters), **dict(b.parameters)})
    cell = Cell(a.path, first.kind, first.type, first.version, parameters, first.place)
    values = pairs({**dict(one.values), **dict(other.values)})
    return CellPart(cell, one.preset or other.preset, values)


_Ported = TypeVar("_Ported", Port, InterfacePort)


def _unique(ports: Iterable[_Ported], faults: Faults) -> tuple[_Ported, ...]:
    found: dict[str, _Ported] = {}
    for port in ports:
        if port.path in found and found[port.path] != port:
            line = found[port.path].place.line
            faults.add(port.place.line, f"{port.path} is another port on line {line}")
        found.setdefault(port.path, port)
    return tuple(found.values())


def _nets(nets: Iterable[Net]) -> tuple[Net, ...]:
    found: dict[str, Net] = {}
    for net in nets:
        known = found.get(net.name)
        found[net.name] = Net(net.name, (*known.ends, *net.ends), known.place) if known else net
    return tuple(found.values())


def _addresses(addresses: Iterable[Address], faults: Faults) -> tuple[Address, ...]:
    found: dict[tuple[str, str], Address] = {}
    for one in addresses:
        known = found.setdefault((one.space, one.segment), one)
        if known != one:
            text = f"{one.segment} stands elsewhere in {one.space} on line {known.place.line}"
            faults.add(one.place.line, text)
    return tuple(found.values())


# --- and back -----------------------------------------------------------------------------------

_PLAIN = re.compile(r"[\w][\w./+-]*(:[\w./+-]+)*( [\w.][\w./+-]*)*", re.ASCII)
_NAME_LENGTH = 512  # YAML lets no key be longer than 1024 characters, with its escapes


def dump(design: BlockDesign) -> str:
    """The design as YAML that `read` makes the same design of.

    Raises ConfigError for what YAML cannot say: one name for two things, or one beyond all measure.
    """
    _check(design)
    lines = [f"design: {_text(design.name)}"]
    lines += _section("cells", {cell.path: _cell(cell) for cell in design.cells})
    lines += _section("ports", {port.path: _port(port) for port in design.ports})
    lines += _section(
        "interface_ports",
        {
            port.path: [
                ("mode", _text(port.mode)),
                ("vlnv", _text(port.vlnv)),
                *_parameters(port.parameters),
            ]
            for port in design.interface_ports
        },
    )
    for key, nets in (("interface_nets", design.interface_nets), ("nets", design.nets)):
        if nets:
            lines.append(f"{key}:")
            lines += (_net(net) for net in nets)
    return "\n".join((*lines, *_spaces(design.addresses))) + "\n"


def _check(design: BlockDesign) -> None:
    names: dict[str, list[str]] = {
        "cell": [cell.path for cell in design.cells],
        "port": [port.path for port in design.ports],
        "interface port": [port.path for port in design.interface_ports],
        "net": [net.name for net in design.nets],
        "interface net": [net.name for net in design.interface_nets],
        "address": [f"{one.segment} in {one.space}" for one in design.addresses],
    }
    parameters = [name for cell in design.cells for name, _ in cell.parameters]
    for what, found in names.items():
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice:
            raise ConfigError(f"{design.name}: two of one name: {what} {shown(twice[0])}")
        long = [name for name in (*found, *parameters) if len(name) > _NAME_LENGTH]
        if long:
            raise ConfigError(f"{design.name}: {what} {shown(long[0])}: the name is too long")


def _cell(cell: Cell) -> list[tuple[str, str]]:
    said = [(cell.kind, _text(cell.type))]
    said += [("version", _text(cell.version))] if cell.version else []
    return said + _parameters(cell.parameters)


def _port(port: Port) -> list[tuple[str, str]]:
    said = [("direction", _text(port.direction))]
    said += [("kind", _text(port.kind))] if port.kind else []
    said += [("left", str(port.left))] if port.left is not None else []
    said += [("right", str(port.right))] if port.right is not None else []
    return said + _parameters(port.parameters)


def _parameters(parameters: Pairs) -> list[tuple[str, str]]:
    """One a line: a diff of two files then shows the parameter."""
    rows = "".join(f"\n      {_text(name)}: {_text(value)}" for name, value in parameters)
    return [("parameters", rows)] if rows else []


def _section(key: str, objects: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    lines = [f"{key}:"] if objects else []
    for name, said in objects.items():
        lines.append(f"  {_text(name)}:")
        lines += (f"    {word}:{'' if of.startswith(chr(10)) else ' '}{of}" for word, of in said)
    return lines


def _net(net: Net) -> str:
    return f"  {_text(net.name)}: [{', '.join(map(_text, net.ends))}]"


def _spaces(addresses: tuple[Address, ...]) -> list[str]:
    lines, space = ["addresses:"] if addresses else [], None
    for one in addresses:
        if one.space != space:
            space = one.space
            lines.append(f"  {_text(space)}:")
        said = [] if one.excluded else [f"offset: {UNASSIGNED}"]
        said = said if one.offset is None else [f"offset: {_hex(one.offset)}"]
        said += [] if one.range is None else [f"range: {_size(one.range)}"]
        said += ["excluded: true"] if one.excluded else []
        lines.append(f"    {_text(one.segment)}: {{{', '.join(said)}}}")
    return lines


def _hex(value: int) -> str:
    """0x4000_0000"""
    return f"0x{value:_X}" if value else "0"


def _size(value: int) -> str:
    """64K where it is a whole number of them, else hexadecimal."""
    for unit in reversed("KMGTPE"):
        if value and value % _UNITS[unit] == 0:
            return f"{value // _UNITS[unit]}{unit}"
    return _hex(value)


def _text(text: str) -> str:
    """A text as one YAML scalar: as it is where that is safe, else in quotes."""
    if _PLAIN.fullmatch(text):
        return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    code = ord(character)
    if character in '"\\':
        return "\\" + character
    if 0x20 <= code < 0x7F:
        return character
    width, mark = (2, "x") if code < 1 << 8 else (4, "u") if code < 1 << 16 else (8, "U")
    return f"\\{mark}{code:0{width}x}"
