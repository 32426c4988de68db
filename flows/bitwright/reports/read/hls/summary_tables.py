"""What stands below the estimates in a summary of HLS: interfaces, bindings, pragmas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bitwright.reports.read.cells import is_open
from bitwright.reports.read.hls.estimates import Numbers
from bitwright.reports.read.hls.layout import Layout, Table

STATUS = {
    "Pragmas with Warnings": "warning",
    "Valid Pragma Syntax": "valid",
    "Ignored Pragmas": "ignored",
    "Inferred Pragmas": "inferred",
}
BINDS = {"Bind Op Report": "op", "Bind Storage Report": "storage", "Storage Report": "storage"}


@dataclass(frozen=True, slots=True)
class Named:
    """One table: rows by their headings, as printed."""

    name: str
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Register:
    """One register of an s_axilite bus. A 64-bit pointer takes two: NAME_1 is the low half."""

    interface: str
    name: str
    offset: int  # bytes from the interface's base
    bits: int
    access: str
    description: str
    fields: str  # as printed: 0=AP_START 1=AP_DONE


@dataclass(frozen=True, slots=True)
class Pragma:
    type: str
    options: str
    function: str
    variable: str
    status: str  # valid, warning, ignored, inferred
    source: str  # file:line
    message: str  # empty for a valid one


@dataclass(frozen=True, slots=True)
class Bind:
    """What one operation or array became."""

    name: str  # of the RTL instance
    module: str
    kind: str  # op, storage
    what: str  # add, fmul; ram_1p, fifo; s_axilite
    impl: str
    latency_cycles: int | None  # None: not printed, as for adapters
    dsp: int | None  # None: not printed, or none
    bram_18k: int | None
    uram: int | None
    variable: str
    pragma: str


def named(layout: Layout, section: str) -> Iterator[Named]:
    """Every table of a section."""
    for table in layout.below(section):
        yield Named(table.name, tuple(table.rows()))


def registers(layout: Layout, numbers: Numbers) -> Iterator[Register]:
    """Where software finds the arguments."""
    heads = ("Interface", "Register", "Offset", "Width", "Access", "Description", "Bit Fields")
    table = layout.table("HW Interfaces", "S_AXILITE Registers")
    for row in table.rows(*heads) if table else ():
        interface, name, offset, width, access, description, fields = (row[h] for h in heads)
        try:
            place, bits = int(offset, 16), int(width)
        except ValueError:
            line = table.box.line if table else 1
            found = f"{offset!r} and {width!r}"
            numbers.refuse(line, f"the register '{name}' has no place", "0x10 and 32", found)
        yield Register(interface, name, place, bits, access, description, fields)


def pragmas(layout: Layout) -> Iterator[Pragma]:
    """Every pragma, with what HLS thought of it."""
    for table in layout.below("Pragma Report"):
        for row in table.rows("Options", "Location"):
            source, function, variable = _place(row["Location"])
            yield Pragma(
                row.get("Type") or row.get("Inferred Pragma", ""),
                row["Options"],
                function,
                variable,
                STATUS.get(table.name, table.name),
                source,
                row.get("Messages") or row.get("Source", ""),
            )


def _place(location: str) -> tuple[str, str, str]:
    """Source, function and variable. `a.cpp:7 in load, buffer`; of an inferred one `variable buffer
    in load<int, 4> a.cpp:7`."""
    if location.startswith("variable "):
        variable, _, rest = location.removeprefix("variable ").partition(" in ")
        function, _, source = rest.rpartition(" ")
        return source, function, variable
    source, _, rest = location.partition(" in ")
    function, _, variable = rest.rpartition(", ")
    if not function or set(variable) & set(" >)"):  # the comma stands within f<int, 4>
        return source, rest, ""
    return source, function, variable


def binds(layout: Layout, numbers: Numbers) -> Iterator[Bind]:
    """Every operation and array, below the module it stands in."""
    for section, kind in BINDS.items():
        table = layout.table(section)
        if table is not None and table.path == (section,):
            yield from _binds(table, kind, numbers)


def _binds(table: Table, kind: str, numbers: Numbers) -> Iterator[Bind]:
    """`+ module` stands as deep as its place in the design; what it holds stands under its name."""
    line = table.box.line
    modules: dict[int, str] = {}  # by the column of the name
    indents = table.box.indents
    for row, indent in zip(table.rows("Name", "Impl", "Latency"), indents, strict=True):
        name = row["Name"]
        if name.startswith("+ "):
            modules[indent + 2] = name[2:].strip()
            continue
        if indent not in modules:
            numbers.refuse(
                line, f"'{name}' stands in no module", "'+ module' above it", f"{indent}"
            )
        latency, dsp, bram, uram = (
            None if is_open(cell) else numbers.integer(f"binds.{name}", cell, line=line)
            for cell in (row.get(head, "") for head in ("Latency", "DSP", "BRAM", "URAM"))
        )
        yield Bind(
            name,
            modules[indent],
            kind,
            _what(row),
            row["Impl"],
            latency,
            dsp,
            bram,
            uram,
            row.get("Variable", ""),
            row.get("Pragma", ""),
        )


def _what(row: Mapping[str, str]) -> str:
    """From 2023.1 storage says how it is used: 'ram_1p array', 'fifo channel'; an interface has a
    type."""
    usage = row.get("Usage", "")
    if usage == "interface":
        return row.get("Type", "")
    return usage.partition(" ")[0] or row.get("Op") or row.get("Storage", "")
