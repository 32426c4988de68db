"""A .hwh as the stand-in for Vivado writes it of a model, in the layout that hwh.py reads."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign, Cell

from tests.standins.reports import MARK

SHORT = {"in": "I", "out": "O", "inout": "IO"}


def element(tag: str, **said: object) -> str:
    words = [f"{name}={quoteattr(str(value))}" for name, value in said.items()]
    return f"<{' '.join([tag, *words])}/>"


def render(design: BlockDesign, looks: Mapping[str, Instance], part: str, version: str) -> str:
    """A design without hierarchies. Every line but the first is one element or a bracket of one."""
    wires = {end: net.name for net in design.nets for end in net.ends}
    buses = {end: net.name for net in design.interface_nets for end in net.ends}
    ports = [
        element("PORT", NAME=p.path, DIR=SHORT[p.direction], SIGNAME=wires.get(p.path, ""),
                SIGIS=p.kind or "undef",
                **({} if p.left is None else {"LEFT": p.left, "RIGHT": p.right}))
        for p in design.ports
    ]  # fmt: skip
    outside = [
        element("BUSINTERFACE", BUSNAME=buses.get(p.path, ""), NAME=p.path, TYPE=p.mode.upper(),
                VLNV=p.vlnv)
        for p in design.interface_ports
    ]  # fmt: skip
    modules = [line for cell in design.cells for line in module(cell, design, looks, wires, buses)]
    return "\n".join(
        [
            f'<?xml version="1.0" encoding="UTF-8" standalone="no" ?><!-- {MARK} -->',
            '<EDKSYSTEM EDWVERSION="1.2" TIMESTAMP="Thu Jan  1 00:00:00 1970" '
            f'VIVADOVERSION="{version}">',
            element("SYSTEMINFO", ARCH="STAND-IN", DEVICE=part, NAME=design.name),
            *("<EXTERNALPORTS>", *ports, "</EXTERNALPORTS>"),
            *("<EXTERNALINTERFACES>", *outside, "</EXTERNALINTERFACES>"),
            *("<MODULES>", *modules, "</MODULES>"),
            "</EDKSYSTEM>\n",
        ]
    )


def module(
    cell: Cell,
    design: BlockDesign,
    looks: Mapping[str, Instance],
    wires: Mapping[str, str],
    buses: Mapping[str, str],
) -> list[str]:
    look, version = looks[cell.path], cell.version or (looks[cell.path].versions or ("1.0",))[-1]
    pins = [
        element("PORT", NAME=pin.name, DIR=SHORT[pin.direction], SIGIS=pin.kind or "undef",
                SIGNAME=wires.get(f"{cell.path}/{pin.name}", ""))
        for pin in look.pins.values()
    ]  # fmt: skip
    joined = [
        element("BUSINTERFACE", BUSNAME=buses.get(f"{cell.path}/{one.name}", "__NOC__"),
                NAME=one.name, TYPE=one.mode.upper(), VLNV=one.vlnv, DATAWIDTH=one.data_width or 32)
        for one in look.interfaces.values()
    ]  # fmt: skip
    return [
        f"<MODULE FULLNAME={quoteattr('/' + cell.path)} INSTANCE={quoteattr(cell.path)} "
        f'VLNV="{cell.type}:{version}" MODTYPE="{cell.type.rpartition(":")[2]}">',
        "<PARAMETERS>",
        *(element("PARAMETER", NAME=name, VALUE=value) for name, value in cell.parameters),
        "</PARAMETERS>",
        *("<PORTS>", *pins, "</PORTS>"),
        *("<BUSINTERFACES>", *joined, "</BUSINTERFACES>"),
        *("<MEMORYMAP>", *ranges(cell, design, looks), "</MEMORYMAP>"),
        "</MODULE>",
    ]


def ranges(cell: Cell, design: BlockDesign, looks: Mapping[str, Instance]) -> list[str]:
    """The addresses that go out through the interfaces of a cell."""
    found = []
    for one in design.addresses:
        space = one.space.removeprefix(f"{cell.path}/")
        known = looks[cell.path].spaces.get(space) if space != one.space else None
        if known is None or one.excluded or one.offset is None or one.range is None:
            continue
        slave = next(c.path for c in design.cells if one.segment.startswith(f"{c.path}/"))
        name = one.segment[len(slave) + 1 :]
        segment = looks[slave].segments[name]
        found.append(
            element(
                "MEMRANGE",
                ADDRESSBLOCK=name.rpartition("/")[2],
                BASEVALUE=f"0x{one.offset:08X}",
                HIGHVALUE=f"0x{one.offset + one.range - 1:08X}",
                INSTANCE=slave,
                MASTERBUSINTERFACE=known.interfaces[0],
                SLAVEBUSINTERFACE=segment.interface,
                MEMTYPE=segment.kind.upper(),
                IS_DATA="TRUE",
            )
        )
    return found
