"""The signature of a kernel: kernel.yml becomes a Kernel, its register map and its register block.

One file says what everything around a kernel must agree on: arguments, registers, ports. Offsets
follow the ap_ctrl_hs map of Vitis HLS, so that a kernel in RTL and one in HLS look alike to a host:
CTRL, GIE, IER and ISR at 0x00 to 0x0c, arguments from 0x10 in the order of the file (a 64-bit
pointer takes 12 bytes, a scalar 8), and what the ABI does not know (status, counters; read-only)
from 0x800 every 8. `bitwright.registers` makes the register block.

A kernel that is built in several number formats says so: `formats: [fp16, int8]`. An argument then
has one element format for all, or `format: {fp16: fp16, int8: int8}`, and exists in some of them
alone where it says `only: [int8]`. Such a file is read for one format at a time.

    kernel = load(Path("cores/matmul/kernel.yml"))
    kernel.register("lda").offset            # 0x70
    load(Path("ip/ffn/kernel.yml"), form="int8")
    python -m bitwright.kernel registers cores/matmul/kernel.yml --out DIR
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bitwright import yamlfile
from bitwright.errors import BitwrightError
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe, shown

ARGUMENTS_FROM = 0x10
REGISTERS_FROM = 0x800
FORMATS: Mapping[str, int] = MappingProxyType(  # name -> bits of one element
    {
        **{f"{sign}int{bits}": bits for bits in (4, 8, 16, 32, 64) for sign in ("", "u")},
        **{"fp16": 16, "bf16": 16, "fp32": 32},
    }
)
DIRECTIONS = ("read", "write", "read_write")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# AMD's tools know major and minor version of an IP; a third part they take for its revision.
_VLNV = re.compile(r"[A-Za-z][\w.-]*:[A-Za-z][\w.-]*:([a-z][a-z0-9_]*):\d+\.\d+")
_RESERVED = frozenset(  # words of SystemVerilog, SystemRDL, C++ or Python, or of the register map
    """
    accesstype addressing addrmap alias all and arch as assert assign async await begin bit
    bool boolean break buf byte case catch cell char class clock config const constraint
    continue cover ctrl def default del delete disable do double edge elif else end enum
    event except export extern external false field final finally float for force fork
    friend from func function genvar gie global goto hw ier if import in initial inline
    inout input inside int integer interface internal interrupt is isr join lambda local
    logic long mem mod module mutable na namespace new nmos none nonlocal nor not null
    number onread onwrite operator or out output package parameter pass pmos posedge
    precedence primary private program property protected public pulldown pullup pure raise
    rand real ref reg regfile register release repeat return scalar self sequence shared
    short signal signed sizeof small solve static string struct super supply0 supply1 sw
    switch table tagged task template this throw time true try type typedef union unique
    unsigned using var vector virtual void volatile wait wand while wire with wor xnor xor
    yield
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    lsb: int  # bit 0 is the lowest of the register
    width: int  # bits


@dataclass(frozen=True, slots=True)
class Register:
    """One register as the host sees it."""

    name: str
    offset: int  # bytes from the base of s_axi_control; the low word first
    width: int  # bits: 32, or 64 in two words
    writable: bool  # by the host
    fields: tuple[Field, ...]  # at least one
    doc: str

    @property
    def words(self) -> tuple[tuple[str, int], ...]:
        """(name, offset) of each 32-bit word."""
        if self.width == 32:
            return ((self.name, self.offset),)
        return ((f"{self.name}_lo", self.offset), (f"{self.name}_hi", self.offset + 4))

    def field(self, name: str) -> Field:
        """KeyError if there is none of that name."""
        return {f.name: f for f in self.fields}[name]


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs about a memory argument while a flag is set."""

    flag: str  # a bit of a scalar argument
    format: str
    shape: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    kind: str  # memory, scalar
    direction: str  # read, write or read_write, as the kernel does it; scalars are read
    format: str  # of one element; of int4 the even one stands in the low half of a byte
    shape: tuple[str | int, ...]  # outermost first; names are run-time dimensions; () for a scalar
    layout: str  # row_major; "" for a scalar
    stride: str | None  # the scalar that holds elements from row to row; None: rows are adjacent
    bundle: str | None  # the AXI master that reaches it; None for a scalar
    align: int  # bytes that the address is a multiple of; 0 for a scalar
    bits: tuple[Field, ...]  # named bits of a scalar
    variants: tuple[Variant, ...]
    doc: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """An AXI4 master, m_axi_<name>."""

    name: str
    data_width: int  # bits
    addr_width: int  # bits


@dataclass(frozen=True, slots=True)
class Kernel:
    name: str
    vlnv: str
    doc: str
    control_addr_width: int  # bits of s_axi_control_awaddr
    bundles: tuple[Bundle, ...]
    dimensions: tuple[tuple[str, int], ...]  # scalar that holds it, largest value
    arguments: tuple[Argument, ...]
    registers: tuple[Register, ...]  # all of them, by offset
    format: str = ""  # the number format it was read for; "" where the file names none
    formats: tuple[str, ...] = ()  # all that the file names

    def argument(self, name: str) -> Argument:
        """KeyError if there is none of that name."""
        return {a.name: a for a in self.arguments}[name]

    def register(self, name: str) -> Register:
        """KeyError if there is none of that name."""
        return {r.name: r for r in self.registers}[name]

    @property
    def outputs(self) -> tuple[str, ...]:
        """What `bitwright.registers.write` leaves in its folder, in the order to compile it."""
        module = f"{self.name}_regs"
        return (f"{module}.vlt", f"{module}_pkg.sv", f"{module}.sv", f"{module}.rdl")


# ------------------------------------------------------------------------------------- reading


def load(path: Path, where: str | None = None, *, form: str = "") -> Kernel:
    """Read a kernel's signature.

    where: the file's name in messages; default: path as given
    form: the number format to read it for, one of the file's `formats`; "" where it names none
    Raises ConfigError with every fault of the file, one line each: file, line, found, allowed.
    """
    where = where or str(path)
    return _Reader(Faults(where), form).kernel(yamlfile.load(path, where))


class _Reader:
    """Turns nodes into values; faults are gathered, so one pass names them all."""

    def __init__(self, faults: Faults, form: str = "") -> None:
        self.faults = faults
        self.form = form
        self.formats: tuple[str, ...] = ()

    def kernel(self, root: Table) -> Kernel:
        self.keys(root, "kernel vlnv bundles arguments", "doc formats control dimensions registers")
        name = self.name(root, "kernel")
        self.formats = self.format_names(root, "formats")
        self.check_form(root)
        bundles = tuple(self.bundle(key, node) for key, node in self.table(root, "bundles"))
        every = tuple((node, self.argument(node)) for node in self.list(root, "arguments"))
        here = [(node, argument) for node, argument in every if self.is_here(node)]
        arguments = tuple(argument for _, argument in here)
        extra = tuple(self.extra(node) for node in self.list(root, "registers"))
        sizes = self.table(root, "dimensions")
        dimensions = tuple((key, self.dimension(key, node)) for key, node in sizes)
        control = self.mapping(root.items.get("control", _EMPTY), "control", "", "addr_width")
        self.check_names(root, here, extra)
        self.check_references(root, every, bundles, dimensions)
        kernel = Kernel(
            name=name,
            vlnv=self.vlnv(root, name),
            doc=self.text(root, "doc"),
            control_addr_width=self.number(control, "addr_width", range(12, 33), 12),
            bundles=bundles,
            dimensions=dimensions,
            arguments=arguments,
            registers=(*_control(), *_placed(arguments), *_extra_placed(extra)),
            format=self.form,
            formats=self.formats,
        )
        self.faults.check()
        return kernel

    # Number formats

    def check_form(self, root: Table) -> None:
        """What the caller asks for must be one that the file names; without `formats`, nothing."""
        if self.form in self.formats or (not self.form and not self.formats):
            return
        asked = f"number format {shown(self.form)}" if self.form else "no number format was asked"
        line = root.lines.get("formats", root.line)
        self.faults.add(line, f"formats: {asked}{_near(self.form, self.formats)}")

    def format_names(self, node: Table, key: str) -> tuple[str, ...]:
        """Names of number formats, each once; of `only` those that the file names."""
        names: list[str] = []
        for item in self.list(node, key):
            text = item.text if isinstance(item, Scalar) else ""
            if key == "only" and text not in self.formats:
                self.faults.add(item.line, f"only: {shown(text)}{_near(text, self.formats)}")
            elif not _NAME.fullmatch(text):
                self.faults.add(item.line, f"{key}: {describe(item)}; expected a name")
            elif text in names:
                self.faults.add(item.line, f"{key}: {shown(text)} stands there twice")
            else:
                names.append(text)
        return tuple(names)

    def is_here(self, entry: Node) -> bool:
        """Whether an argument exists in the format that the file is read for."""
        if not isinstance(entry, Table) or "only" not in entry.items:
            return True
        return self.form in (
            item.text for item in self.items(entry, "only") if isinstance(item, Scalar)
        )

    def element(self, node: Table, default: str) -> str:
        """The format of one element, in the number format that the file is read for."""
        if not isinstance(node.items.get("format"), Table):
            return self.choice(node, "format", FORMATS, default)
        only = self.format_names(node, "only") if "only" in node.items else self.formats
        table = self.mapping(node.items["format"], "format", " ".join(only), "")
        found = {name: self.choice(table, name, FORMATS, default) for name in only}
        return found.get(self.form, default)

    def vlnv(self, root: Table, name: str) -> str:
        text = self.text(root, "vlnv")
        match = _VLNV.fullmatch(text)
        if "vlnv" in root.items and (match is None or match[1] != name):
            form = f"vendor:library:{name if is_name(name) else 'kernel'}:major.minor"
            self.faults.add(root.lines["vlnv"], f"vlnv: {shown(text)}; expected {form}")
        return text

    def bundle(self, name: str, node: Node) -> Bundle:
        if not is_name(name):
            self.faults.add(node.line, f"bundle {shown(name)}: {NAME_RULE}")
        table = self.mapping(node, f"bundle {name}", "data_width addr_width", "")
        widths = tuple(8 << i for i in range(8))
        return Bundle(
            name,
            self.number(table, "data_width", widths, 64),
            self.number(table, "addr_width", range(32, 65), 64),
        )

    def dimension(self, name: str, node: Node) -> int:
        table = self.mapping(node, f"dimension {name}", "max", "")
        return self.number(table, "max", range(1, 2**32), 1)

    def argument(self, node: Node) -> Argument:
        memory = isinstance(node, Table) and self.text(node, "kind") == "memory"
        return self.memory(node) if memory else self.scalar(node, "name kind format")

    def memory(self, entry: Node) -> Argument:
        needed = "name kind direction format shape layout bundle align"
        node = self.mapping(entry, "argument", needed, "stride when only doc")
        self.format_names(node, "only")
        form = self.element(node, "int8")
        shape = self.shape(node)
        return Argument(
            name=self.name(node, "name"),
            kind="memory",
            direction=self.choice(node, "direction", DIRECTIONS, "read"),
            format=form,
            shape=shape,
            layout=self.choice(node, "layout", ("row_major",), "row_major"),
            stride=self.text(node, "stride") or None,
            bundle=self.text(node, "bundle"),
            align=self.number(node, "align", tuple(2**i for i in range(13)), 8),
            bits=(),
            variants=self.variants(node, form, shape),
            doc=self.text(node, "doc"),
        )

    def scalar(self, entry: Node, needed: str) -> Argument:
        node = self.mapping(entry, "argument", needed, "bits only doc")
        self.choice(node, "kind", ("memory", "scalar"), "scalar")
        self.format_names(node, "only")
        form = self.element(node, "uint32")
        return Argument(
            name=self.name(node, "name"),
            kind="scalar",
            direction="read",
            format=form,
            shape=(),
            layout="",
            stride=None,
            bundle=None,
            align=0,
            bits=self.bits(node, FORMATS[form]),
            variants=(),
            doc=self.text(node, "doc"),
        )

    def extra(self, node: Node) -> Argument:
        """A register beyond the ABI, described like a scalar; it exists in every format."""
        if isinstance(node, Table) and "only" in node.items:
            self.faults.add(node.lines["only"], "only: a register exists in every number format")
        return self.scalar(node, "name format")

    def variants(self, node: Table, form: str, shape: tuple[str | int, ...]) -> tuple[Variant, ...]:
        variants = []
        for flag, entry in self.table(node, "when"):
            change = self.mapping(entry, f"when {flag}", "", "format shape")
            other = self.shape(change) if "shape" in change.items else shape
            variants.append(Variant(flag, self.choice(change, "format", FORMATS, form), other))
        return tuple(variants)

    def shape(self, node: Table) -> tuple[str | int, ...]:
        sizes: list[str | int] = []
        for item in self.list(node, "shape"):
            text = item.text if isinstance(item, Scalar) else ""
            if (size := _integer(text)) is not None and 0 < size < 2**32:
                sizes.append(size)
            elif _NAME.fullmatch(text):
                sizes.append(text)
            else:
                expected = "expected a dimension or a size"
                self.faults.add(item.line, f"shape: {describe(item)}; {expected}")
        return tuple(sizes)

    def bits(self, node: Table, width: int) -> tuple[Field, ...]:
        fields: dict[int, Field] = {}
        for name, place in self.table(node, "bits"):
            bit = _integer(place.text if isinstance(place, Scalar) else "")
            if not is_name(name):
                self.faults.add(place.line, f"bit {shown(name)}: {NAME_RULE}")
            if bit is None or bit >= width:
                found = f"{describe(place)}; expected 0 to {width - 1}"
                self.faults.add(place.line, f"bit {shown(name)}: {found}")
            elif bit in fields:
                self.faults.add(place.line, f"bit {shown(name)}: {bit} is {fields[bit].name!r}")
            else:
                fields[bit] = Field(name, bit, 1)
        return tuple(fields[bit] for bit in sorted(fields))

    # What several entries must agree on

    def check_names(
        self, root: Table, here: list[tuple[Node, Argument]], extra: tuple[Argument, ...]
    ) -> None:
        seen: dict[str, str] = {}
        arguments = tuple(argument for _, argument in here)
        for node, argument in (*here, *zip(self.items(root, "registers"), extra, strict=True)):
            wide = argument.kind == "memory" or FORMATS[argument.format] == 64
            words = {f"{argument.name}_lo", f"{argument.name}_hi"} if wide else set()
            for word in sorted({argument.name, *words}):
                if word in seen and argument.name:
                    text = f"name {shown(argument.name)}: its register {word!r} is also that of "
                    self.faults.add(node.line, text + shown(seen[word]))
                seen.setdefault(word, argument.name)
        for key, placed, end in (
            ("arguments", _placed(arguments), REGISTERS_FROM),
            ("registers", _extra_placed(extra), 0x1000),
        ):
            if placed and placed[-1].offset + 8 > end:
                self.faults.add(root.lines[key], f"{key}: their registers end above {end:#x}")

    def check_references(
        self,
        root: Table,
        arguments: tuple[tuple[Node, Argument], ...],
        bundles: tuple[Bundle, ...],
        dimensions: tuple[tuple[str, int], ...],
    ) -> None:
        scalars = {a.name for _, a in arguments if a.kind == "scalar"} - {""}
        flags = {f.name for _, a in arguments for f in a.bits}
        for name, _ in dimensions:
            if name not in scalars:
                self.reference(root.lines["dimensions"], "dimension", name, scalars)
        for node, argument in arguments:
            if argument.kind != "memory":
                continue
            shapes = (argument.shape, *(v.shape for v in argument.variants))
            for size in dict.fromkeys(s for shape in shapes for s in shape if isinstance(s, str)):
                self.reference(node.line, "shape", size, {d for d, _ in dimensions})
            if argument.stride is not None:
                self.reference(node.line, "stride", argument.stride, scalars)
            if argument.bundle:
                self.reference(node.line, "bundle", argument.bundle, {b.name for b in bundles})
            for variant in argument.variants:
                self.reference(node.line, "when", variant.flag, flags)

    def reference(self, line: int, what: str, name: str, allowed: Iterable[str]) -> None:
        if name not in (known := sorted(allowed)):
            self.faults.add(line, f"{what}: {shown(name)} is not declared{_near(name, known)}")

    # Single entries

    def mapping(self, node: Node, what: str, needed: str, optional: str) -> Table:
        """The node, its keys checked (names apart by spaces); an empty one if it is no mapping."""
        if isinstance(node, Table):
            self.keys(node, needed, optional)
            return node
        self.faults.add(node.line, f"{what}: expected a mapping, found {describe(node)}")
        return _EMPTY

    def keys(self, node: Table, needed: str, optional: str) -> None:
        known = (*needed.split(), *optional.split())
        for key in node.items:
            if key not in known:
                near = _near(key, known)
                self.faults.add(node.lines[key], f"unknown key {shown(key)}{near}")
        for key in needed.split():
            if key not in node.items:
                self.faults.add(node.line, f"missing key {key!r}")

    def text(self, node: Table, key: str) -> str:
        item = node.items.get(key, Scalar(node.line, "", False))
        if isinstance(item, Scalar):
            return item.text
        self.faults.add(item.line, f"{key}: expected text, found {describe(item)}")
        return ""

    def name(self, node: Table, key: str) -> str:
        text = self.text(node, key)
        if key in node.items and not is_name(text):
            self.faults.add(node.lines[key], f"{key}: {shown(text)}; {NAME_RULE}")
        return text

    def choice(self, node: Table, key: str, allowed: Iterable[str], default: str) -> str:
        allowed = tuple(allowed)
        text = self.text(node, key)
        if text in allowed or key not in node.items:
            return text or default
        self.faults.add(node.lines[key], f"{key}: {shown(text)}{_near(text, allowed)}")
        return default

    def number(self, node: Table, key: str, allowed: range | tuple[int, ...], default: int) -> int:
        if key not in node.items:
            return default
        value = _integer(self.text(node, key))
        if value is not None and value in allowed:
            return value
        if isinstance(allowed, range):
            rule = f"{allowed[0]} to {allowed[-1]}"
        else:
            rule = ", ".join(map(str, allowed))
        self.faults.add(node.lines[key], f"{key}: {describe(node.items[key])}; expected {rule}")
        return default

    def list(self, node: Table, key: str) -> tuple[Node, ...]:
        item = node.items.get(key)
        if item is None or isinstance(item, Sequence):
            return item.items if item else ()
        self.faults.add(item.line, f"{key}: expected a list, found {describe(item)}")
        return ()

    def items(self, node: Table, key: str) -> tuple[Node, ...]:
        """As list, without reporting again."""
        item = node.items.get(key)
        return item.items if isinstance(item, Sequence) else ()

    def table(self, node: Table, key: str) -> tuple[tuple[str, Node], ...]:
        item = node.items.get(key)
        if item is None or isinstance(item, Table):
            return tuple(item.items.items()) if item else ()
        self.faults.add(item.line, f"{key}: expected a mapping, found {describe(item)}")
        return ()


_EMPTY = Table(1, MappingProxyType({}), MappingProxyType({}))
NAME_RULE = (
    "a name is up to 32 of a-z, 0-9 and single _ between them,"
    " and no word of SystemVerilog, SystemRDL, C++, Python or the register map"
)


def is_name(text: str) -> bool:
    """Whether a kernel, an argument or a bundle may be called so; NAME_RULE says what it may."""
    return bool(_NAME.fullmatch(text)) and len(text) <= 32 and text not in _RESERVED


def _integer(text: str) -> int | None:
    """A plain decimal number of bounded length, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _near(name: str, allowed: Iterable[str]) -> str:
    known = sorted(allowed)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ";"
    return f"{hint} (allowed: {', '.join(known) or 'none'})"


# --------------------------------------------------------------------------------- register map


def _control() -> tuple[Register, ...]:
    """CTRL, GIE, IER and ISR, as every kernel has them."""

    def register(name: str, offset: int, doc: str, *names: tuple[str, int]) -> Register:
        return Register(name, offset, 32, True, tuple(Field(n, bit, 1) for n, bit in names), doc)

    return (
        register(
            "ctrl",
            0x00,
            "start: set by writing 1, reads 1 until done; done and ready clear on read",
            *(("start", 0), ("done", 1), ("idle", 2), ("ready", 3), ("auto_restart", 7)),
        ),
        register("gie", 0x04, "global interrupt enable", ("enable", 0)),
        register("ier", 0x08, "which events set their bit of isr", ("done", 0), ("ready", 1)),
        register("isr", 0x0C, "events seen; a written 1 toggles", ("done", 0), ("ready", 1)),
    )


def _placed(arguments: tuple[Argument, ...]) -> tuple[Register, ...]:
    """The arguments' registers, by the rule of ap_ctrl_hs."""
    registers = []
    offset = ARGUMENTS_FROM
    for argument in arguments:
        width = 64 if argument.kind == "memory" or FORMATS[argument.format] == 64 else 32
        whole = (
            Field("value", 0, width if argument.kind == "memory" else FORMATS[argument.format]),
        )
        fields = argument.bits or whole
        registers.append(Register(argument.name, offset, width, True, fields, argument.doc))
        offset += 0xC if width == 64 else 8
    return tuple(registers)


def _extra_placed(extra: tuple[Argument, ...]) -> tuple[Register, ...]:
    return tuple(
        Register(
            name=argument.name,
            offset=REGISTERS_FROM + 8 * index,
            width=64 if FORMATS[argument.format] == 64 else 32,
            writable=False,
            fields=argument.bits or (Field("value", 0, FORMATS[argument.format]),),
            doc=argument.doc,
        )
        for index, argument in enumerate(extra)
    )


def core_file(kernel: Kernel, vlnv: str) -> str:
    """The .core of the files that `bitwright.registers.write` leaves beside it."""
    waivers, package, module, _ = kernel.outputs
    return f"""CAPI=2:
name: {vlnv}
description: Register block of {kernel.vlnv}
filesets:
  rtl:
    files:
      - {waivers}: {{file_type: vlt}}
      - {package}: {{file_type: systemVerilogSource-generated}}
      - {module}: {{file_type: systemVerilogSource-generated}}
targets:
  default:
    filesets: [rtl]
"""


# --------------------------------------------------------------------------------- command line


def main(argv: list[str] | None = None) -> int:
    """`registers FILE --out DIR` writes the register block, `map FILE` prints the register map."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(prog="python -m bitwright.kernel", description=main.__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    registers = commands.add_parser("registers", help="write the register block")
    registers.add_argument("file", type=Path)
    registers.add_argument("--out", type=Path, required=True)
    commands.add_parser("map", help="print the register map").add_argument("file", type=Path)
    for command in commands.choices.values():
        command.add_argument("--format", default="", help="number format, where the file has some")
    arguments = parser.parse_args(argv)
    try:
        kernel = load(arguments.file, form=arguments.format)
        if arguments.command == "registers":
            from bitwright import registers as block

            block.write(kernel, arguments.out)
        else:
            print("\n".join(_map_lines(kernel)))
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _map_lines(kernel: Kernel) -> list[str]:
    rows = []
    for register in kernel.registers:
        fields = ", ".join(f"{f.name}[{f.lsb + f.width - 1}:{f.lsb}]" for f in register.fields)
        access = "rw" if register.writable else "ro"
        rows.append(
            f"{register.offset:#05x}  {register.width}  {access}  {register.name}: {fields}"
        )
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
