"""What csynth.xml says of the design around its functions: buses, registers, arguments, pragmas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bitwright.reports.read.hls.estimates import Numbers, Port
from bitwright.reports.read.hls.safe_xml import Node


@dataclass(frozen=True, slots=True)
class BitField:
    name: str
    offset: int  # of the lowest bit
    bits: int
    access: str  # R, W, RW, RTOW


@dataclass(frozen=True, slots=True)
class Register:
    """One register of an s_axilite bus. A 64-bit pointer takes two: NAME_1 is the low half."""

    name: str
    offset: int  # bytes from the interface's base
    bits: int
    access: str
    description: str
    fields: tuple[BitField, ...]


@dataclass(frozen=True, slots=True)
class Interface:
    """One bus of the top function, a bundle of ports."""

    name: str
    kind: str  # axi4lite, axi4full, axi4stream, bram, clock, reset, interrupt
    mode: str  # master, slave
    data_bits: int | None  # None: this kind has none
    address_bits: int | None
    ports: tuple[str, ...]
    registers: tuple[Register, ...]
    settings: tuple[Mapping[str, str], ...]  # as printed: max_widen_bitwidth, latency, offset, ...


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of the top function, and the hardware that carries it."""

    name: str
    index: int
    direction: str
    type: str  # as in C++: float*
    bits: int
    hardware: tuple[Mapping[str, str], ...]  # as printed: type, interface, name, usage, direction


@dataclass(frozen=True, slots=True)
class Pragma:
    type: str  # pipeline, array_partition, ...
    options: str
    function: str
    variable: str
    status: str  # valid, warning, ...
    source: str  # file:line
    messages: tuple[str, ...]  # '207-5536 WARNING: ...'


@dataclass(frozen=True, slots=True)
class Bind:
    """What one operation or array became."""

    name: str  # of the RTL instance
    kind: str  # op, storage, adapter
    what: str  # add, fmul; ram_1p, fifo; s_axilite
    impl: str  # fabric, dsp_slice, bram, lutram, auto
    latency_cycles: int | None  # None: not printed, as for adapters
    dsp: int | None
    bram_18k: int | None
    uram: int | None
    variable: str
    loop: str
    source: str
    pragma: str  # what asked for it, empty where nothing did


def ports(root: Node, numbers: Numbers) -> Iterator[Port]:
    """The RTL ports, in the order of the report."""
    for node in root.all("InterfaceSummary", "RtlPorts"):
        word = {child.tag: child.text for child in node.children}
        yield Port(
            word.get("name", ""),
            word.get("Dir", ""),
            whole(node, word.get("Bits"), "Bits", numbers),
            word.get("IOProtocol", ""),
            word.get("Object", ""),
            word.get("Type", ""),
        )


def interfaces(root: Node, numbers: Numbers) -> Iterator[Interface]:
    """The buses of the top function, with the registers that software writes."""
    for node in root.all("Interfaces", "Interface"):
        about = node.attributes
        width = {
            key: whole(node, about[key], key, numbers) if key in about else None
            for key in ("dataWidth", "addrWidth")
        }
        yield Interface(
            about.get("InterfaceName", ""),
            about.get("type", ""),
            about.get("mode", ""),
            width["dataWidth"],
            width["addrWidth"],
            tuple(port.text for port in node.all("ports", "port")),
            tuple(_register(each, numbers) for each in node.all("registers", "register")),
            tuple(each.attributes for each in node.all("constraints", "constraint")),
        )


def _register(node: Node, numbers: Numbers) -> Register:
    about = node.attributes
    return Register(
        about.get("name", ""),
        whole(node, about.get("offset"), "offset", numbers),
        whole(node, about.get("range"), "range", numbers),
        about.get("access", ""),
        about.get("description", ""),
        tuple(
            BitField(
                each.attributes.get("name", ""),
                whole(each, each.attributes.get("offset"), "offset", numbers),
                whole(each, each.attributes.get("width"), "width", numbers),
                each.attributes.get("access", ""),
            )
            for each in node.all("fields", "field")
        ),
    )


def arguments(root: Node, numbers: Numbers) -> Iterator[Argument]:
    """The arguments of the top function."""
    for node in root.all("Args", "Arg"):
        about = node.attributes
        yield Argument(
            about.get("ArgName", ""),
            whole(node, about.get("index"), "index", numbers),
            about.get("direction", ""),
            about.get("srcType", ""),
            whole(node, about.get("srcSize"), "srcSize", numbers),
            tuple(each.attributes for each in node.all("hwRefs", "hwRef")),
        )


def pragmas(root: Node) -> Iterator[Pragma]:
    """Every pragma of the source, with what HLS thought of it."""
    for node in root.all("PragmaReport", "Pragma"):
        about = node.attributes
        messages = (each.attributes for each in node.children if each.tag == "Msg")
        yield Pragma(
            about.get("type", ""),
            about.get("options", ""),
            about.get("parentFunction", ""),
            about.get("variable", ""),
            about.get("status", ""),
            about.get("location", ""),
            tuple(
                f"{each.get('msg_id', '')} {each.get('msg_severity', '')}: "
                f"{each.get('msg_body', '')}"
                for each in messages
            ),
        )


def binds(module: Node, numbers: Numbers) -> Iterator[Bind]:
    """What the operations and arrays of one module became."""
    for node in module.all("BindNodes", "BindNode"):
        about = node.attributes
        count = {
            key: whole(node, about[key], key, numbers) if about.get(key) else None
            for key in ("LATENCY", "DSP", "BRAM", "URAM")
        }
        kind = about.get("BINDTYPE", "")
        yield Bind(
            about.get("RTLNAME", ""),
            kind,
            about.get("STORAGESUBTYPE" if kind == "adapter" else "OPTYPE", ""),
            about.get("IMPL", ""),
            count["LATENCY"],
            count["DSP"],
            count["BRAM"],
            count["URAM"],
            about.get("VARIABLE", ""),
            about.get("LOOP", ""),
            about.get("SOURCE", ""),
            about.get("PRAGMA", ""),
        )


def bursts(root: Node) -> Iterator[Mapping[str, str]]:
    """The rows of 'M_AXI Burst Information' by their headings, `table` among them.

    HLS joins the cells of a row with ', ' and takes the commas out of them; where the cells do not
    fit the headings all the same, they stand under `cells` in one.
    """
    section = root.get("ReportBurst", "section")
    for item in section.all("item") if section is not None else ():
        heads = (item.word("table", "keys") or "").split(", ")
        for row in item.all("table", "column"):
            table, name = (node.attributes.get("name", "") for node in (item, row))
            first = {"table": table, heads[0]: name}
            cells = row.text.split(", ")
            if cells[-1].endswith(","):
                cells[-1:] = [cells[-1].rstrip(","), ""]
            fits = len(cells) == len(heads) - 1
            yield first | (
                dict(zip(heads[1:], cells, strict=True)) if fits else {"cells": row.text}
            )


def whole(node: Node, text: str | None, name: str, numbers: Numbers) -> int:
    """A number that every report has: 32, 0x1c. ReportError for anything else."""
    try:
        return int(text or "", 16 if (text or "").startswith("0x") else 10)
    except ValueError:
        numbers.refuse(node.line, f"<{node.tag}> has no '{name}'", "a whole number", repr(text))
