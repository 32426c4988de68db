"""A block design as YAML that source.read makes the same design of."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bitwright.blockdesign.model import Address, BlockDesign, Cell, Net, Pairs, Port
from bitwright.blockdesign.units import UNASSIGNED, UNITS, hexadecimal
from bitwright.errors import ConfigError
from bitwright.yamlfile import quoted, shown

_PLAIN = re.compile(r"[\w][\w./+-]*(:[\w./+-]+)*( [\w.][\w./+-]*)*", re.ASCII)
WIDTH = 100  # columns
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
    """The ends in one line, or in as many as keep to WIDTH where their names let them."""
    line = f"  {_text(net.name)}: ["
    for number, text in enumerate(map(_text, net.ends), start=1):
        end = text + (", " if number < len(net.ends) else "]")
        fits = len(line.rpartition("\n")[2]) + len(end.rstrip()) <= WIDTH
        line = line + end if fits else f"{line.rstrip()}\n    {end}"
    return line if net.ends else f"{line}]"


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
    return hexadecimal(value) if value else "0"


def _size(value: int) -> str:
    """64K where it is a whole number of them, else hexadecimal."""
    for unit in reversed("KMGTPE"):
        if value and value % UNITS[unit] == 0:
            return f"{value // UNITS[unit]}{unit}"
    return _hex(value)


def _text(text: str) -> str:
    """A text as one YAML scalar: as it is where that is safe, else in quotes."""
    return text if _PLAIN.fullmatch(text) else quoted(text)
