"""The register block of a kernel: SystemRDL text from its signature, SystemVerilog through PeakRDL.

Only `write` imports the compiler. The same kernel.yml gives the same bytes: no date, no path.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from bitwright.errors import BitwrightError
from bitwright.kernel import Kernel, Register

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


def write(kernel: Kernel, out: Path) -> tuple[Path, ...]:
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
