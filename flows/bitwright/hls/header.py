"""The register map of a kernel as HLS has it, for C and for Python, from its signature alone.

A 64-bit pointer is two words, the low one first. An output has, behind its data, a word of control
whose bit 0 says that data was written (ap_vld). Names and comments are those of the driver that
Vitis HLS generates beside an IP (drivers/<top>_v1_0/src/x<top>_hw.h, 2020.2 to 2025.1).

    driver_header(load(Path("ip/ffn/kernel.yml"), form="int8"))  # xffn_hw.h
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bitwright.errors import ConfigError
from bitwright.kernel import FORMATS, Kernel, Register

CONTROL = {"ctrl": "CTRL", "gie": "GIER", "ier": "IP_IER", "isr": "IP_ISR"}
DRIVER = {"ctrl": "AP_CTRL", "gie": "GIE", "ier": "IER", "isr": "ISR"}
EVENTS = (("done", 0), ("ready", 1))  # bits of IER and ISR


@dataclass(frozen=True, slots=True)
class Word:
    """One 32-bit word of s_axi_control, named as in csynth.xml."""

    name: str  # CTRL; x_1 and x_2, the halves of x; tokens; status_ctrl
    offset: int  # bytes
    bits: int  # of it that mean something, the lowest
    access: str  # of the host: RW (control), W (argument), R (output)
    register: str  # of the signature
    from_bit: int = 0  # of the register: 32 for a high half
    valid: bool = False  # a word of control: bit 0 is ap_vld


def words(kernel: Kernel) -> tuple[Word, ...]:
    """Every word of a kernel that HLS builds, by offset.

    ConfigError where an output's word of control would lie on the next register.
    """
    found = [word for register in kernel.registers for word in _words(kernel, register)]
    for word, after in pairwise(found):
        if after.offset < word.offset + 4:
            raise ConfigError(
                f"{kernel.vlnv}: {word.name} and {after.name} are both at {after.offset:#05x}\n"
                "  expected  room for the word of control that HLS puts behind an output's data\n"
                f"  found     {after.offset - kernel.register(word.register).offset} bytes for "
                f"{word.register}\n"
                f"  next      give {word.register} 32 bits, or let it be the last register"
            )
    return tuple(found)


def _words(kernel: Kernel, register: Register) -> Iterator[Word]:
    name, offset = register.name, register.offset
    if name in CONTROL:
        yield Word(CONTROL[name], offset, 32, "RW", name)
        return
    access = "W" if register.writable else "R"
    width = width_of(kernel, register)
    if register.width == 64:
        yield Word(f"{name}_1", offset, 32, access, name)
        yield Word(f"{name}_2", offset + 4, width - 32, access, name, 32)
    else:
        yield Word(name, offset, width, access, name)
    if not register.writable:
        yield Word(f"{name}_ctrl", offset + register.width // 8, 1, "R", name, valid=True)


def width_of(kernel: Kernel, register: Register) -> int:
    """Bits of the C++ argument behind a register."""
    for argument in kernel.arguments:
        if argument.name == register.name and argument.kind == "scalar":
            return FORMATS[argument.format]
    whole = [field.width for field in register.fields if field.name == "value"]
    return whole[0] if whole else register.width


# --------------------------------------------------------------------------------------------- C


def driver_header(kernel: Kernel) -> str:
    """x<top>_hw.h: what lies where, as comments, then the names as preprocessor constants."""
    found = words(kernel)
    digits = len(f"{found[-1].offset:x}")
    lines = [f"// Generated from the kernel.yml of {kernel.vlnv}; edit that file, not this one."]
    lines += ["// control", *_comments(kernel, found, max(digits, 2))]
    lines.append(
        "// (SC = Self Clear, COR = Clear on Read, TOW = Toggle on Write, COH = Clear on Handshake)"
    )
    prefix = f"X{kernel.name.upper()}_CONTROL"
    pairs = [(f"{prefix}_{name}", value) for name, value in _defines(kernel, max(digits, 2))]
    widest = max(len(name) for name, _ in pairs)
    lines += ["", *(f"#define {name.ljust(widest)} {value}" for name, value in pairs), ""]
    return "\n".join(lines)


def _defines(kernel: Kernel, digits: int) -> Iterator[tuple[str, str]]:
    for register in kernel.registers:
        name, at = register.name, f"0x{register.offset:0{digits}x}"
        if name in DRIVER:
            yield f"ADDR_{DRIVER[name]}", at
            continue
        yield f"ADDR_{name.upper()}_DATA", at
        yield f"BITS_{name.upper()}_DATA", str(width_of(kernel, register))
        if not register.writable:
            after = register.offset + register.width // 8
            yield f"ADDR_{name.upper()}_CTRL", f"0x{after:0{digits}x}"


def _comments(kernel: Kernel, found: Iterable[Word], digits: int) -> Iterator[str]:
    """One block of lines a word; what follows an argument is reserved, as the tool says it."""
    indent = "//" + " " * (digits + 6)
    for word in found:
        register = kernel.register(word.register)
        yield f"// 0x{word.offset:0{digits}x} : {_title(word)}"
        yield from (f"{indent}{line}" for line in _bits(register, word))
        last = word.offset + 4 == register.offset + register.width // 8
        if last and word.access == "W":
            yield f"// 0x{word.offset + 4:0{digits}x} : reserved"


TITLES = {
    "ctrl": "Control signals",
    "gie": "Global Interrupt Enable Register",
    "ier": "IP Interrupt Enable Register (Read/Write)",
    "isr": "IP Interrupt Status Register (Read/TOW)",
}
CONTROL_BITS = {
    "ctrl": (
        "bit 0  - ap_start (Read/Write/COH)",
        "bit 1  - ap_done (Read/COR)",
        "bit 2  - ap_idle (Read)",
        "bit 3  - ap_ready (Read/COR)",
        "bit 7  - auto_restart (Read/Write)",
        "bit 9  - interrupt (Read)",
        "others - reserved",
    ),
    "gie": ("bit 0  - Global Interrupt Enable (Read/Write)", "others - reserved"),
    "ier": (
        *(f"bit {bit} - enable ap_{event} interrupt (Read/Write)" for event, bit in EVENTS),
        "others - reserved",
    ),
    "isr": (*(f"bit {bit} - ap_{event} (Read/TOW)" for event, bit in EVENTS), "others - reserved"),
}


def _title(word: Word) -> str:
    kind = "Control" if word.valid else "Data"
    return TITLES.get(word.register, f"{kind} signal of {word.register}")


def _bits(register: Register, word: Word) -> Iterator[str]:
    if word.register in CONTROL_BITS:
        yield from CONTROL_BITS[word.register]
    elif word.valid:
        yield f"bit 0  - {register.name}_ap_vld (Read/COR)"
        yield "others - reserved"
    else:
        access = "Read/Write" if register.writable else "Read"
        low, high = word.from_bit, word.from_bit + word.bits - 1
        yield f"bit {word.bits - 1}~0 - {register.name}[{high}:{low}] ({access})"
        if word.bits < 32:
            yield "others   - reserved"
        for field in register.fields:
            if field.name != "value" and 0 <= field.lsb - word.from_bit < 32:
                yield f"bit {field.lsb - word.from_bit:<2} - {field.name}"


# ---------------------------------------------------------------------------------------- Python


def python_map(kernel: Kernel) -> str:
    """A module of constants: OFFSET, WIDTH, WRITABLE and BITS by register, VALID by output."""
    tables: list[tuple[str, str, list[tuple[str, str]]]] = [
        (
            "OFFSET",
            "bytes from the base of s_axi_control; of 64 bits the low word first",
            [(r.name, f"{r.offset:#05x}") for r in kernel.registers],
        ),
        ("WIDTH", "bits", [(r.name, str(width_of(kernel, r))) for r in kernel.registers]),
        ("WRITABLE", "by the host", [(r.name, str(r.writable)) for r in kernel.registers]),
        (
            "BITS",
            "named bits of a register: lowest bit and width",
            [
                (
                    r.name,
                    "{" + ", ".join(f'"{f.name}": ({f.lsb}, {f.width})' for f in r.fields) + "}",
                )
                for r in kernel.registers
                if all(f.name != "value" for f in r.fields)
            ],
        ),
        (
            "VALID",
            "of an output of an HLS kernel: where bit 0 says that it was written",
            [(w.register, f"{w.offset:#05x}") for w in words(kernel) if w.valid],
        ),
    ]
    lines = [
        f'"""Registers of {kernel.vlnv}. Generated from its kernel.yml; edit that file."""',
        "",
        f'VLNV = "{kernel.vlnv}"',
    ]
    for name, doc, rows in tables:
        lines += [f"{name} = {{  # {doc}", *(f'    "{key}": {value},' for key, value in rows), "}"]
    return "\n".join([*lines, ""])
