"""The signature of a kernel: kernel.yml becomes a Kernel, its register map and its register block.

One file says what everything around a kernel must agree on: arguments, their registers, the ports.
Offsets follow the ap_ctrl_hs map of Vitis HLS, so a kernel in RTL and one in HLS look alike to a host:
CTRL, GIE, IER and ISR at 0x00 to 0x0c, arguments from 0x10 in the order of the file (a 64-bit pointer
takes 12 bytes, a scalar 8), what the ABI does not know (status, counters; read-only) from 0x800 every 8.

    kernel = load(Path("cores/matmul/kernel.yml"))
    kernel.register("lda").offset            # 0x70
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
        **{f"{sign}int{bits}": bits for bits in (8, 16, 32, 64) for sign in ("", "u")},
        **{"fp16": 16, "bf16": 16, "fp32": 32},
    }
)
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_VLNV = re.compile(r"[A-Za-z][\w.-]*:[A-Za-z][\w.-]*:([a-z][a-z0-9_]*):\d+(\.\d+)*")
_RESERVED = frozenset(  # words of SystemVerilog, SystemRDL, C++ or Python that a name must not be
    ["accesstype", "addressing", "addrmap", "alias", "all", "and", "arch", "as", "assert", "assign", "async", "await", "begin", "bit", "bool", "boolean", "break", "buf", "byte", "case", "catch", "cell", "char", "class", "clock", "config", "const", "constraint", "continue", "cover", "ctrl", "def", "default", "del", "delete", "disable", "do", "double", "edge", "elif", "else", "end", "enum", "event", "except", "export", "extern", "external", "false", "field", "final", "finally", "float", "for", "force", "fork", "friend", "from", "func", "function", "genvar", "gie", "global", "goto", "hw", "if", "ier", "import", "in", "initial", "inline", "inout", "input", "inside", "int", "integer", "interface", "internal", "interrupt", "is", "isr", "join", "lambda", "local", "logic", "long", "mem", "mod", "module", "mutable", "na", "namespace", "new", "nmos", "none", "nonlocal", "nor", "not", "null", "number", "onread", "onwrite", "operator", "or", "out", "output", "package", "parameter", "pass", "pmos", "posedge", "precedence", "primary", "private", "program", "property", "protected", "public", "pulldown", "pullup", "pure", "raise", "rand", "real", "ref", "reg", "regfile", "register", "release", "repeat", "return", "scalar", "self", "sequence", "shared", "short", "signal", "signed", "sizeof", "small", "solve", "static", "string", "struct", "super", "supply0", "supply1", "sw", "switch", "table", "tagged", "task", "template", "this", "throw", "time", "true", "try", "type", "typedef", "union", "unique", "unsigned", "using", "var", "vector", "virtual", "void", "volatile", "wait", "wand", "while", "wire", "with", "wor", "xnor", "xor", "yield"]
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
        return next((f for f in self.fields if f.name == name), None) or _missing(name, self.name)


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
    direction: str  # read or write, as the kernel does it; scalars are read
    format: str  # of one element
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

    def argument(self, name: str) -> Argument:
        """KeyError if there is none of that name."""
        return next((a for a in self.arguments if a.name == name), None) or _missing(
            name, self.name
        )

    def register(self, name: str) -> Register:
        """KeyError if there is none of that name."""
        return next((r for r in self.registers if r.name == name), None) or _missing(
            name, self.name
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """File names that `write_registers` leaves in its folder, in the order to compile them."""
        module = f"{self.name}_regs"
        return (f"{module}.vlt", f"{module}_pkg.sv", f"{module}.sv", f"{module}.rdl")


def _missing(name: str, owner: str) -> Field:  # typed as what the callers return; it only raises
    raise KeyError(f"{owner} has no {name!r}")


# ------------------------------------------------------------------------------------- reading


def load(path: Path, where: str | None = None) -> Kernel:
    """Read a kernel's signature.

    where: the file's name in messages; default: path as given
    Raises ConfigError with every fault of the file, one line each: file, line, found, allowed.
    """
    where = where or str(path)
    return _Reader(Faults(where)).kernel(yamlfile.load(path, where))


class _Reader:
    """Turns nodes into values; faults are gathered, so one pass names them all."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def kernel(self, root: Table) -> Kernel:
        self.keys(root, ("kernel", "vlnv", "bundles", "arguments"),
                  ("doc", "control", "dimensions", "registers"))  # fmt: skip
        name = self.name(root, "kernel")
        bundles = tuple(self.bundle(key, node) for key, node in self.table(root, "bundles"))
        arguments = tuple(self.argument(node) for node in self.list(root, "arguments"))
        extra = tuple(self.extra(node) for node in self.list(root, "registers"))
        dimensions = tuple(
            (key, self.dimension(node)) for key, node in self.table(root, "dimensions")
        )
        control = root.items.get("control")
        addr_width = 12
        if isinstance(control, Table):
            self.keys(control, ("addr_width",), ())
            addr_width = self.number(control, "addr_width", range(12, 33), 12)
        elif control is not None:
            self.faults.add(control.line, f"control: expected a mapping, found {describe(control)}")
        self.check_names(root, arguments, extra)
        self.check_references(root, arguments, bundles, dimensions)
        vlnv = self.vlnv(root, name)
        self.faults.check()
        return Kernel(
            name=name,
            vlnv=vlnv,
            doc=self.text(root, "doc"),
            control_addr_width=addr_width,
            bundles=bundles,
            dimensions=dimensions,
            arguments=arguments,
            registers=(*_control(), *_placed(arguments), *_extra_placed(extra)),
        )

    def vlnv(self, root: Table, name: str) -> str:
        text = self.text(root, "vlnv")
        match = _VLNV.fullmatch(text)
        if "vlnv" in root.items and (match is None or match[1] != name):
            form = f"vendor:library:{name or 'kernel'}:version"
            self.faults.add(root.lines["vlnv"], f"vlnv: {shown(text)}; expected {form}")
        return text

    def bundle(self, name: str, node: Node) -> Bundle:
        if not _NAME.fullmatch(name):
            self.faults.add(node.line, f"bundle {shown(name)}: {_NAME_RULE}")
        if not isinstance(node, Table):
            self.faults.add(node.line, f"bundle {name}: expected a mapping, found {describe(node)}")
            return Bundle(name, 64, 64)
        self.keys(node, ("data_width", "addr_width"), ())
        widths = (8, 16, 32, 64, 128, 256, 512, 1024)
        return Bundle(
            name,
            self.number(node, "data_width", widths, 64),
            self.number(node, "addr_width", range(32, 65), 64),
        )

    def dimension(self, node: Node) -> int:
        if not isinstance(node, Table):
            self.faults.add(node.line, f"expected {{max: ...}}, found {describe(node)}")
            return 1
        self.keys(node, ("max",), ())
        return self.number(node, "max", range(1, 2**32), 1)

    def argument(self, node: Node) -> Argument:
        if not isinstance(node, Table):
            self.faults.add(node.line, f"an argument is a mapping, found {describe(node)}")
            node = Table(node.line, {}, {})
            return self.scalar(node)
        kind = self.choice(node, "kind", ("memory", "scalar"), "scalar")
        return self.memory(node) if kind == "memory" else self.scalar(node)

    def memory(self, node: Table) -> Argument:
        self.keys(node, ("name", "kind", "direction", "format", "shape", "layout", "bundle", "align"),
                  ("stride", "when", "doc"))  # fmt: skip
        form = self.choice(node, "format", FORMATS, "int8")
        shape = self.shape(node)
        return Argument(
            name=self.name(node, "name"),
            kind="memory",
            direction=self.choice(node, "direction", ("read", "write"), "read"),
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

    def scalar(self, node: Table) -> Argument:
        self.keys(node, ("name", "kind", "format"), ("bits", "doc"))
        form = self.choice(node, "format", FORMATS, "uint32")
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
        """A register beyond the ABI, described like a scalar."""
        if not isinstance(node, Table):
            self.faults.add(node.line, f"a register is a mapping, found {describe(node)}")
            return self.scalar(Table(node.line, {}, {}))
        table = Table(node.line, {"kind": Scalar(node.line, "scalar", True), **node.items},
                      {"kind": node.line, **node.lines})  # fmt: skip
        return self.scalar(table)

    def variants(self, node: Table, form: str, shape: tuple[str | int, ...]) -> tuple[Variant, ...]:
        variants = []
        for flag, change in self.table(node, "when"):
            if not isinstance(change, Table):
                self.faults.add(change.line, f"when {flag}: expected a mapping, found a value")
                continue
            self.keys(change, (), ("format", "shape"))
            variants.append(
                Variant(
                    flag,
                    self.choice(change, "format", FORMATS, form),
                    self.shape(change) if "shape" in change.items else shape,
                )
            )
        return tuple(variants)

    def shape(self, node: Table) -> tuple[str | int, ...]:
        sizes: list[str | int] = []
        for item in self.list(node, "shape"):
            text = item.text if isinstance(item, Scalar) else ""
            if text.isascii() and text.isdigit() and 0 < int(text) < 2**32:
                sizes.append(int(text))
            elif _NAME.fullmatch(text):
                sizes.append(text)
            else:
                self.faults.add(
                    item.line, f"shape: {describe(item)}; expected a dimension or a size"
                )
        if "shape" in node.items and not node.items["shape"].line:
            return ()
        return tuple(sizes)

    def bits(self, node: Table, width: int) -> tuple[Field, ...]:
        fields: list[Field] = []
        for name, place in self.table(node, "bits"):
            text = place.text if isinstance(place, Scalar) else ""
            if not _NAME.fullmatch(name) or name in _RESERVED:
                self.faults.add(place.line, f"bit {shown(name)}: {_NAME_RULE}")
            if not (text.isascii() and text.isdigit() and int(text) < min(width, 32)):
                found = describe(place)
                self.faults.add(
                    place.line, f"bit {name}: {found}; expected 0 to {min(width, 32) - 1}"
                )
            elif any(f.lsb == int(text) for f in fields):
                self.faults.add(place.line, f"bit {name}: {text} is taken")
            else:
                fields.append(Field(name, int(text), 1))
        return tuple(sorted(fields, key=lambda f: f.lsb))

    # What several entries must agree on

    def check_names(
        self, root: Table, arguments: tuple[Argument, ...], extra: tuple[Argument, ...]
    ) -> None:
        seen: dict[str, str] = {}
        nodes = (*self.items(root, "arguments"), *self.items(root, "registers"))
        for node, argument in zip(nodes, (*arguments, *extra), strict=True):
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
        arguments: tuple[Argument, ...],
        bundles: tuple[Bundle, ...],
        dimensions: tuple[tuple[str, int], ...],
    ) -> None:
        scalars = {a.name for a in arguments if a.kind == "scalar"}
        flags = {f.name for a in arguments for f in a.bits}
        for name, _ in dimensions:
            if name not in scalars:
                self.reference(root.lines["dimensions"], "dimension", name, scalars)
        for node, argument in zip(self.items(root, "arguments"), arguments, strict=True):
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

    def keys(self, node: Table, needed: Iterable[str], optional: Iterable[str]) -> None:
        known = (*needed, *optional)
        for key in node.items:
            if key not in known:
                near = _near(key, known)
                self.faults.add(node.lines[key], f"unknown key {shown(key)}{near}")
        for key in needed:
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
        if key in node.items and (not _NAME.fullmatch(text) or len(text) > 32):
            self.faults.add(node.lines[key], f"{key}: {shown(text)}; {_NAME_RULE}")
        elif text in _RESERVED:
            reason = "is a word of SystemVerilog, SystemRDL, C++ or Python, or of the register map"
            self.faults.add(node.lines[key], f"{key}: {shown(text)} {reason}")
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
        text = self.text(node, key)
        if text.isascii() and text.isdigit() and len(text) < 20 and int(text) in allowed:
            return int(text)
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


_NAME_RULE = "a name is up to 32 of a-z, 0-9 and single _ between them, and no reserved word"


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


# ------------------------------------------------------------------------------- register block

# Hardware precedence everywhere: an event that meets a software access is never lost, and clearing
# start at done wins over a start written in that cycle. Properties by register and field.
_CONTROL_RDL: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("ctrl", "start"): "sw = rw; onwrite = woset; hw = r; hwclr; precedence = hw",
        ("ctrl", "done"): "sw = r; onread = rclr; hw = na; hwset; precedence = hw",
        ("ctrl", "idle"): "sw = r; hw = w",
        ("ctrl", "ready"): "sw = r; onread = rclr; hw = na; hwset; precedence = hw",
        ("ctrl", "auto_restart"): "sw = rw; hw = r",
        ("gie", "enable"): "sw = rw; hw = r",
        ("ier", "done"): "sw = rw; hw = r",
        ("ier", "ready"): "sw = rw; hw = r",
        ("isr", "done"): "sw = rw; onwrite = wot; hw = r; hwset; precedence = hw",
        ("isr", "ready"): "sw = rw; onwrite = wot; hw = r; hwset; precedence = hw",
    }
)


def rdl(kernel: Kernel) -> str:
    """The register map as SystemRDL text: addrmap <kernel>_regs, 32-bit words."""
    words = [_rdl_word(r, index) for r in kernel.registers for index in range(len(r.words))]
    return "\n".join(
        (
            f"// Generated from the kernel.yml of {kernel.vlnv}; edit that file, not this one.",
            f"addrmap {kernel.name}_regs {{",
            "  default regwidth = 32;",
            "  default accesswidth = 32;",
            *words,
            "};",
            "",
        )
    )


def _rdl_word(register: Register, index: int) -> str:
    """One 32-bit word of a register; reserved bits read 0."""
    name, offset = register.words[index]
    fields = []
    for field in register.fields:
        lsb, msb = max(field.lsb - 32 * index, 0), min(field.lsb + field.width - 1 - 32 * index, 31)
        if lsb > msb:
            continue
        default = "sw = rw; hw = r" if register.writable else "sw = r; hw = w"
        properties = _CONTROL_RDL.get((register.name, field.name), default)
        reset = " = 0" if "hw = w" not in properties else ""
        fields.append(f"    field {{ {properties}; }} {field.name}[{msb}:{lsb}]{reset};")
    return "\n".join((f"  reg {{", *fields, f"  }} {name} @ {offset:#05x};"))  # noqa: F541


def write_registers(kernel: Kernel, out: Path) -> tuple[Path, ...]:
    """Write the register block of a kernel: `kernel.outputs` in `out`, the same bytes every time.

    Raises BitwrightError if the SystemRDL compiler refuses what we wrote, which is our fault.
    """
    import tempfile

    from peakrdl_regblock import RegblockExporter
    from peakrdl_regblock.cpuif.axi4lite import AXI4Lite_Cpuif_flattened
    from peakrdl_regblock.udps import ALL_UDPS
    from systemrdl import RDLCompileError, RDLCompiler

    out.mkdir(parents=True, exist_ok=True)
    module = f"{kernel.name}_regs"
    text = rdl(kernel)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / f"{module}.rdl"
        source.write_text(text, encoding="utf-8")
        compiler = RDLCompiler()
        for definition in ALL_UDPS:
            compiler.register_udp(definition)
        try:
            compiler.compile_file(str(source))
            RegblockExporter().export(
                compiler.elaborate(top_def_name=module),
                scratch,
                cpuif_cls=AXI4Lite_Cpuif_flattened,
                module_name=module,
                address_width=kernel.control_addr_width,
                default_reset_activelow=True,
            )
        except RDLCompileError as error:
            raise BitwrightError(
                f"{kernel.vlnv}: SystemRDL refused our register map: {error}"
            ) from None
        files = {
            f"{module}.rdl": text,
            f"{module}.vlt": _waivers(module),
            **{
                name: (Path(scratch) / name).read_text(encoding="utf-8")
                for name in (f"{module}_pkg.sv", f"{module}.sv")
            },
        }
    for name in kernel.outputs:
        (out / name).write_text(files[name], encoding="utf-8")
    return tuple(out / name for name in kernel.outputs)


def _waivers(module: str) -> str:
    """What Verilator -Wall says about PeakRDL's style; nothing here hides a fault of ours."""
    rules = ("MULTIDRIVEN", "UNUSEDPARAM", "UNUSEDSIGNAL")
    lines = (f'lint_off -rule {rule} -file "*{module}*.sv"' for rule in rules)
    return "\n".join(("`verilator_config", *lines, ""))


def core_file(kernel: Kernel, vlnv: str) -> str:
    """The .core of the files that `write_registers` leaves beside it."""
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
    arguments = parser.parse_args(argv)
    try:
        kernel = load(arguments.file)
        if arguments.command == "registers":
            write_registers(kernel, arguments.out)
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
