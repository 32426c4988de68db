"""Whether what HLS built is what the signature says: registers, buses, widths, bundles.

csynth.xml of HLS 2020.2 to 2025.1 tells the register map that the tool made. Hosts, block design
and the RTL of the same kernel follow kernel.yml, so a difference ends the build, both maps shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.errors import ReportError
from bitwright.hls.header import Word, words
from bitwright.kernel import Kernel
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.csynth_hardware import Interface, Register
from bitwright.reports.read.hls.csynth_xml import CsynthXml, parse_csynth_xml

CONTROL = "s_axi_control"
AXI_LITE, AXI = "axi4lite", "axi4full"
KINDS = {AXI_LITE: "AXI4-Lite", AXI: "AXI4", "axi4stream": "AXI4-Stream"}
BY_ITSELF = ("event_", "stall_")  # outputs that the Vitis flow adds for its profiler
NOTHING = "-"


class Differs(ReportError):
    """HLS built another interface than the signature has; its text shows both maps."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that both have, or one of them alone."""

    what: str  # 0x010; m_axi_gmem0; fc_weight
    ours: str  # of the signature; `-` where it has none
    theirs: str  # of the tool
    same: bool


def check(csynth_xml: str, kernel: Kernel, *, origin: Path) -> None:
    """Raise Differs, both maps side by side, if the tool's interface is not the signature's.

    csynth_xml: full text of solution/syn/report/csynth.xml (not of <top>_csynth.xml)
    Raises ReportError for a report of another top, and for one without interfaces.
    A word that the tool keeps for itself gets `_r` behind it (length_r); the report says so, and
    that is no difference. Nor is a narrower address of s_axi_control, while every register can be
    reached.
    """
    report = parse_csynth_xml(csynth_xml, origin=origin)
    if report.top != kernel.name:
        refuse(origin, "this is of another top", expected=kernel.name, found=report.top or "none")
    if not report.interfaces:
        refuse(
            origin,
            "this report has no interfaces",
            expected="<Interfaces>, as csynth.xml has them from HLS 2020.2 on",
            found=f"none (HLS {report.version or 'of unknown version'})",
            next=f"give csynth.xml of the whole design, not {kernel.name}_csynth.xml",
        )
    tables = {
        "offset": tuple(_registers(report, kernel)),
        "bus": tuple(_buses(report, kernel)),
        "argument": tuple(_bundles(report, kernel)),
    }
    count = sum(not row.same for rows in tables.values() for row in rows)
    if count:
        _refuse(tables, count, kernel, origin)


# -------------------------------------------------------------------------------------- registers


def _registers(report: CsynthXml, kernel: Kernel) -> Iterator[Row]:
    """The words of s_axi_control, by offset."""
    theirs: dict[int, Register] = {}
    for bus in report.interfaces:
        if bus.name == CONTROL:
            theirs |= {register.offset: register for register in bus.registers}
    ours = {word.offset: word for word in words(kernel)}
    names = _renamed(report)
    for offset in sorted(ours.keys() | theirs.keys()):
        word, register = ours.get(offset), theirs.get(offset)
        yield _compared(f"{offset:#05x}", word, register, names, kernel)


def _compared(
    what: str, word: Word | None, register: Register | None, names: Mapping[str, str], of: Kernel
) -> Row:
    if register is None:
        assert word is not None
        return Row(what, _told(word.name, word.bits, word.access), NOTHING, word.valid)
    name = names.get(register.name, register.name)
    bits = _bits(register) if word is None or word.access != "RW" else 32
    access = register.access
    if word is not None and word.access == "W":
        access = access.removeprefix("R") or access  # that an argument can be read back harms none
    theirs = _told(name, bits, access)
    if word is None:
        return Row(what, NOTHING, theirs, False)
    if word.valid:  # its name and width are the tool's affair
        return Row(what, word.name, name, register.access == "R")
    ours = _told(word.name, word.bits, word.access)
    if word.register == "ctrl":
        theirs += _protocol(register, of)
    return Row(what, ours, theirs, ours == theirs)


def _told(name: str, bits: int, access: str) -> str:
    return f"{name}, {bits} bit, {access}"


def _bits(register: Register) -> int:
    """Bits that mean something; without fields, all."""
    used = [each.bits for each in register.fields if not each.name.startswith("RESERVED")]
    return sum(used) if used else register.bits


def _protocol(register: Register, kernel: Kernel) -> str:
    """What the bits of CTRL have beyond ap_ctrl_hs, or lack; empty where they are the same."""
    ours = {
        (each.name.upper() if each.name == "auto_restart" else f"AP_{each.name.upper()}", each.lsb)
        for each in kernel.register("ctrl").fields
    }
    theirs = {
        (each.name, each.offset)
        for each in register.fields
        if each.name != "INTERRUPT" and not each.name.startswith("RESERVED")
    }
    more = "".join(f", with {name} in bit {bit}" for name, bit in sorted(theirs - ours))
    return more + "".join(f", without {name} in bit {bit}" for name, bit in sorted(ours - theirs))


def _renamed(report: CsynthXml) -> dict[str, str]:
    """The signature's name of each register that the tool says it renamed."""
    found = {}
    for argument in report.arguments:
        own = f"{argument.name}_r"
        for each in argument.hardware:
            name = each.get("name", "")
            if name in (own, f"{own}_1", f"{own}_2"):
                found[name] = argument.name + name.removeprefix(own)
    return found


# ------------------------------------------------------------------------------------------ buses


def _buses(report: CsynthXml, kernel: Kernel) -> Iterator[Row]:
    """Every bus, clock, reset and interrupt, by name."""
    ours = {
        CONTROL: _bus(AXI_LITE, 32, kernel.control_addr_width),
        **{f"m_axi_{b.name}": _bus(AXI, b.data_width, b.addr_width) for b in kernel.bundles},
        "ap_clk": "clock",
        "ap_rst_n": "reset",
        "interrupt": "interrupt",
    }
    theirs = {each.name: each for each in report.interfaces if not each.name.startswith(BY_ITSELF)}
    for name in dict.fromkeys((*ours, *theirs)):
        mine, bus = ours.get(name, NOTHING), theirs.get(name)
        yield Row(name, mine, _shown(bus), _same(mine, bus, kernel))


def _bus(kind: str, data_bits: int | None, address_bits: int | None) -> str:
    return f"{KINDS[kind]}, {data_bits} data, {address_bits} address"


def _shown(bus: Interface | None) -> str:
    if bus is None:
        return NOTHING
    return _bus(bus.kind, bus.data_bits, bus.address_bits) if bus.kind in KINDS else bus.kind


def _same(ours: str, bus: Interface | None, kernel: Kernel) -> bool:
    if bus is not None and bus.kind == AXI_LITE and bus.name == CONTROL:
        reach, most = 1 << (bus.address_bits or 0), 1 << kernel.control_addr_width
        return bus.data_bits == 32 and max(_ends(bus)) <= reach <= most
    return ours == _shown(bus)


def _ends(bus: Interface) -> Iterable[int]:
    return [0, *(register.offset + 4 for register in bus.registers)]


def _bundles(report: CsynthXml, kernel: Kernel) -> Iterator[Row]:
    """The bus that each memory argument goes through."""
    theirs = {
        argument.name: sorted(
            {
                each.get("interface", "")
                for each in argument.hardware
                if each.get("type") == "interface" and each.get("usage") == "data"
            }
        )
        for argument in report.arguments
    }
    for argument in kernel.arguments:
        if argument.kind == "memory":
            mine = f"m_axi_{argument.bundle}"
            found = ", ".join(theirs.get(argument.name, [])) or NOTHING
            yield Row(argument.name, mine, found, mine == found)


# ------------------------------------------------------------------------------------------ error


def _refuse(
    tables: Mapping[str, Sequence[Row]], count: int, kernel: Kernel, origin: Path
) -> NoReturn:
    plural = "" if count == 1 else "s"
    problem = f"what HLS built is not what the signature of {kernel.vlnv} says"
    lines = [f"{origin}: {problem}, {count} difference{plural} marked *"]
    for title, rows in tables.items():
        lines += _table(title, rows)
    expected = "registers, buses and widths as in kernel.yml"
    next_step = "let the pragmas of the top say what kernel.yml says, or change kernel.yml"
    found = f"{count} difference{plural}"
    lines += [f"  expected  {expected}", f"  found     {found}"]
    likely = _likely([row for rows in tables.values() for row in rows if not row.same])
    lines += [f"  likely    {likely}"] if likely else []
    lines.append(f"  next      {next_step}")
    raise Differs("\n".join(lines), problem=problem, expected=expected, found=found, next=next_step)


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    wide = max(len(title), *(len(row.what) for row in rows))
    middle = max(len("signature"), *(len(row.ours) for row in rows))
    yield f"    {title.ljust(wide)}  {'signature'.ljust(middle)}  HLS"
    for row in rows:
        mark = " " if row.same else "*"
        yield f"  {mark} {row.what.ljust(wide)}  {row.ours.ljust(middle)}  {row.theirs}"


def _likely(wrong: Sequence[Row]) -> str:
    """What most often leads to such a difference; empty where nothing comes to mind."""
    if any("AP_CONTINUE" in row.theirs for row in wrong):
        return "no '#pragma HLS interface mode=ap_ctrl_hs port=return': the Vitis flow chains"
    if any(row.ours == NOTHING and KINDS[AXI_LITE] in row.theirs for row in wrong):
        return "'bundle=' on an s_axilite pragma: all belong in the default bundle, control"
    if any(row.what.startswith("m_axi_") and row.theirs.startswith("AXI4,") for row in wrong):
        return "the type of the arguments, or max_widen_bitwidth, gives the port another width"
    if any(row.what.startswith("0x") for row in wrong):
        return "an s_axilite pragma without 'offset=', or another argument in its place"
    return ""
