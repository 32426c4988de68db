"""An address map as a text: YAML, a C header, a Python module, or Markdown tables."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from bitwright.blockdesign.addressmap import AddressMap, MapRegister
from bitwright.blockdesign.units import size
from bitwright.errors import ConfigError

WIDTH = 100  # columns of the Python

# ----------------------------------------------------------------------------------------- names


def names(found: AddressMap) -> tuple[str, ...]:
    """A name for each region that C and Python take: SPACE_INTERFACE, with more where it must be.

    ps/Data to ffn/s_axi_control/Reg is PS_DATA_FFN_S_AXI_CONTROL.
    """
    short = [_name(f"{region.space}/{region.first.rpartition('/')[0]}") for region in found.regions]
    full = [_name(f"{region.space}/{region.first}") for region in found.regions]
    some = Counter(short)
    chosen = [one if some[one] == 1 else two for one, two in zip(short, full, strict=True)]
    return _told_apart(chosen)


def _name(text: str) -> str:
    """Letters, digits and single underscores, in capitals; a letter first."""
    plain = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")
    return plain if plain[:1].isalpha() else f"X_{plain}".rstrip("_")


def _told_apart(chosen: Iterable[str]) -> tuple[str, ...]:
    """The same names with _2, _3 ... where one came before."""
    taken: set[str] = set()
    made = []
    for name in chosen:
        free, number = name, 2
        while free in taken:
            free, number = f"{name}_{number}", number + 1
        taken.add(free)
        made.append(free)
    return tuple(made)


# --------------------------------------------------------------------------------------- formats


def _hex(value: int) -> str:
    return f"{value:#x}"


def _text(text: str) -> str:
    """A text between double quotes, as YAML, Python and JSON all read it."""
    return json.dumps(text)


def to_yaml(found: AddressMap) -> str:
    lines = [f"# The address map of {_comment(found.design)}. Generated; numbers are bytes."]
    lines += [f"design: {_text(found.design)}", "regions:" if found.regions else "regions: []"]
    for name, region in zip(names(found), found.regions, strict=True):
        lines += [
            f"  - name: {name}",
            f"    space: {_text(region.space)}",
            f"    segments: {_text(region.segments)}",
            f"    offset: {_hex(region.offset)}",
            f"    range: {_hex(region.range)}",
        ]
    lines.append("kernels:" if found.kernels else "kernels: {}")
    for cell, vlnv, registers in found.kernels:
        lines += [f"  {_text(cell)}:", f"    vlnv: {_text(vlnv)}", "    registers:"]
        for one in registers:
            valid = "" if one.valid is None else f", valid: {_hex(one.valid)}"
            writable = "true" if one.writable else "false"
            lines.append(
                f"      {_text(one.name)}: {{offset: {_hex(one.offset)}, width: {one.width},"
                f" writable: {writable}{valid}}}"
            )
    return "\n".join([*lines, ""])


def _comment(text: str) -> str:
    """A text that ends no comment of any language."""
    return re.sub(r"[^\w.:@ /+-]", "_", text, flags=re.ASCII)


def to_c(found: AddressMap) -> str:
    """A header: <NAME>_OFFSET and _RANGE of regions, <CELL>_<REGISTER>_OFFSET and more."""
    guard = f"BITWRIGHT_{_name(found.design)}_MAP_H"
    rows: list[tuple[str, str]] = []
    lines = [
        f"/* The address map of {_comment(found.design)}. Generated; numbers are bytes. */",
        *(f"#ifndef {guard}", f"#define {guard}", "", "#include <stdint.h>", ""),
    ]
    for name, region in zip(names(found), found.regions, strict=True):
        rows = [
            (f"MAP_{name}_OFFSET", f"UINT64_C({_hex(region.offset)})"),
            (f"MAP_{name}_RANGE", f"UINT64_C({_hex(region.range)})"),
        ]
        lines += [f"/* {_comment(region.space)}: {_comment(region.segments)} */", *_defines(rows)]
    cells = _told_apart(_name(cell) for cell, _, _ in found.kernels)
    for name, (cell, vlnv, registers) in zip(cells, found.kernels, strict=True):
        rows = [row for one in registers for row in _c_register(name, one)]
        title = f"/* Registers of {_comment(cell)} ({_comment(vlnv)}), from its base. */"
        lines += ["", title, *_defines(rows)]
    return "\n".join([*lines, "", f"#endif /* {guard} */", ""])


def _c_register(cell: str, one: MapRegister) -> list[tuple[str, str]]:
    name = f"REG_{cell}_{one.name.upper()}"
    rows = [(f"{name}_OFFSET", _hex(one.offset)), (f"{name}_WIDTH", str(one.width))]
    rows.append((f"{name}_WRITABLE", str(int(one.writable))))
    return rows if one.valid is None else [*rows, (f"{name}_VALID", _hex(one.valid))]


def _defines(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    widest = max((len(name) for name, _ in rows), default=0)
    return [f"#define {name.ljust(widest)} {value}" for name, value in rows]


def to_python(found: AddressMap) -> str:
    """A module of constants: REGIONS and REGISTERS."""
    lines = [
        f'"""The address map of {_comment(found.design)}. Generated; numbers are bytes."""',
        *("", f"DESIGN = {_text(found.design)}", ""),
        "REGIONS = {  # name: (space, segments, offset, range)",
    ]
    for name, region in zip(names(found), found.regions, strict=True):
        texts = (_text(region.space), _text(region.segments))
        lines += _entry(name, *texts, _hex(region.offset), _hex(region.range))
    lines += ["}", "", "REGISTERS = {  # cell: {register: (offset, bits, writable, valid)}"]
    for cell, vlnv, registers in found.kernels:
        lines.append(f"    {_text(cell)}: {{  # {_comment(vlnv)}")
        for one in registers:
            valid = "None" if one.valid is None else _hex(one.valid)
            lines.append(
                f"        {_text(one.name)}: ({_hex(one.offset)}, {one.width},"
                f" {one.writable}, {valid}),"
            )
        lines.append("    },")
    return "\n".join([*lines, "}", ""])


def _entry(name: str, *parts: str) -> list[str]:
    """A tuple in a dictionary: in one line where that is narrow enough."""
    line = f'    "{name}": ({", ".join(parts)}),'
    if len(line) <= WIDTH:
        return [line]
    return [f'    "{name}": (', *(f"        {part}," for part in parts), "    ),"]


def to_markdown(found: AddressMap) -> str:
    """Tables: one of regions, one of registers a kernel."""
    lines = [f"# Address map of {_cell_text(found.design)}", ""]
    lines += ["| Space | Segment | Offset | Range | Size |", "|---|---|---:|---:|---:|"]
    for region in found.regions:
        lines.append(
            f"| {_cell_text(region.space)} | {_cell_text(region.segments)} |"
            f" `{_hex(region.offset)}` | `{_hex(region.range)}` | {size(region.range)} |"
        )
    for cell, vlnv, registers in found.kernels:
        lines += ["", f"## Registers of {_cell_text(cell)} ({_cell_text(vlnv)})", ""]
        lines += ["| Register | Offset | Bits | Access | Valid |", "|---|---:|---:|---|---:|"]
        for one in registers:
            valid = "" if one.valid is None else f"`{_hex(one.valid)}`"
            access = "read, write" if one.writable else "read"
            lines.append(
                f"| {_cell_text(one.name)} | `{_hex(one.offset)}` | {one.width} | {access} |"
                f" {valid} |"
            )
    return "\n".join([*lines, ""])


def _cell_text(text: str) -> str:
    """A text as it is, in a cell of a table: marks of Markdown and HTML escaped."""
    text = re.sub(r"\s", " ", text)
    text = re.sub(r"([\\`*{}\[\]<>()#|!&~])", r"\\\1", text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)  # within a word it is none


FORMATS: Mapping[str, Callable[[AddressMap], str]] = MappingProxyType(
    {"yaml": to_yaml, "c": to_c, "python": to_python, "markdown": to_markdown}
)


def render(found: AddressMap, form: str) -> str:
    """The map as a text of one of FORMATS. Raises ConfigError for another."""
    if form not in FORMATS:
        raise ConfigError(f"map: expected a format of {', '.join(FORMATS)}; found {form!r}")
    return FORMATS[form](found)
