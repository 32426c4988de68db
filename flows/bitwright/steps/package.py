"""The package of an RTL kernel: a folder that Vivado takes as an IP, and the same made by Vivado.

    package-matmul   package/matmul: sources, component.xml of our own, scripts; no vendor tool
    ipx-matmul       ipx/matmul: what Vivado's packager makes of them, compared with ours; for
                     XRT the kernel object matmul.xo too

`steps` has those of a design, for a build with Vivado or Vitis.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.design import Design, KernelSpec
from bitwright.engine import Judgement, Step, Tool
from bitwright.errors import ConfigError
from bitwright.ipxact import tcl
from bitwright.ipxact.package import (
    COMPONENT,
    IP_SCRIPT,
    REQUEST,
    TYPES,
    XO_SCRIPT,
    Source,
    outputs,
)
from bitwright.ipxact.package import Request as Packaging
from bitwright.modules import module_files
from bitwright.tclquote import word
from bitwright.vivado import request as vivado

if TYPE_CHECKING:
    from bitwright.cores import Cores, Elaborated

NAME, VENDOR = "package", "ipx"  # folders below a build's
CODE, COMPARE = "bitwright.ipxact.package", "bitwright.ipxact.compare"  # what the steps execute
SIGNATURE = "kernelSignature"  # file type of kernel.yml
TOOLS = ("verilator",)
PACKAGED = "packaged"  # the gate that compares
KIB = {"a_kib": "ABufBytes", "b_kib": "BBufBytes"}  # a kernel's sizes -> parameters of its RTL


def compile_order(edam: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The HDL files of EDAM, those of a core after those of the cores it depends on.

    FuseSoC puts what generators make last; Vivado wants packages before what uses them.
    """
    files = [file for file in edam["files"] if file_type(file)]
    depends: Mapping[str, Sequence[str]] = edam.get("dependencies", {})
    order: list[str] = []

    def visit(core: str, above: tuple[str, ...]) -> None:
        for each in depends.get(core, ()):
            if each not in above and each not in order:
                visit(each, (*above, each))
        order.append(core)

    for core in dict.fromkeys(file.get("core", "") for file in files):
        if core not in order:
            visit(core, (core,))
    return sorted(files, key=lambda file: order.index(file.get("core", "")))


def file_type(file: Mapping[str, Any]) -> str:
    """The file's type as IP-XACT calls it; "" for what is no HDL."""
    kind = str(file.get("file_type", "")).partition("-")[0]
    if kind == "vhdlSource":
        raise ConfigError(
            f"{file['name']}: VHDL\n"
            "  expected  Verilog and SystemVerilog, whose ports Verilator can tell\n"
            "  next      package it with Vivado alone"
        )
    return kind if kind in TYPES else ""


def sources(edam: Mapping[str, Any], *, base: Path, folder: Path) -> tuple[Source, ...]:
    """The sources of a package, as its folder sees them; base is where EDAM's paths start."""
    return tuple(
        Source(
            os.path.relpath(base / file["name"], folder),
            file_type(file),
            bool(file.get("is_include_file")),
        )
        for file in compile_order(edam)
    )


def step(
    request: Packaging, tools: Iterable[Tool], *, base: Path, kernel: str, code: Iterable[Path] = ()
) -> Step:
    """The package of a kernel in the folder package/<kernel> below base.

    request: its paths start from that folder; code: the files of CODE
    """
    folder = base / NAME / kernel
    reads = [folder / request.signature, *(folder / each.path for each in request.sources)]
    return Step(
        name=f"{NAME}-{kernel}",
        title=f"package of {kernel}",
        dir=folder,
        reads=(*(Path(os.path.normpath(path)) for path in reads), *code),
        writes=tuple(folder / name for name in outputs(request)),
        command=("python", "-m", CODE, REQUEST),
        scripts=((REQUEST, request.to_json()),),
        tools=tuple(tools),
    )


def vendor_step(
    packaged: Step, tools: Iterable[Tool], *, base: Path, kernel: str, xrt: bool
) -> Step:
    """The package as Vivado makes it, in the folder ipx/<kernel> below base, compared with ours.

    Its result is <kernel>.zip, and for XRT <kernel>.xo.
    """
    folder = base / VENDOR / kernel
    ours = os.path.relpath(packaged.dir, folder)
    results = (tcl.archive(kernel), *([f"{kernel}.xo"] if xrt else []))
    request = vivado.Request(
        tool="vivado",
        script=f"{VENDOR}.tcl",
        expects=(f"ip/{COMPONENT}", *results),
        stages=(*tcl.STAGES, *(tcl.XO_STAGES if xrt else ())),
        gates=(vivado.Gate(PACKAGED, COMPARE, (f"ip/{COMPONENT}", f"{ours}/{COMPONENT}")),),
        canonical=(f"ip/{COMPONENT}", *results),
    )
    return Step(
        name=f"{VENDOR}-{kernel}",
        title=f"package of {kernel}, by Vivado",
        dir=folder,
        reads=(*packaged.writes, *module_files(COMPARE)),
        writes=tuple(folder / name for name in (f"ip/{COMPONENT}", vivado.MESSAGES, *results)),
        command=("python", "-m", "bitwright.vivado.run", vivado.REQUEST),
        scripts=(
            (f"{VENDOR}.tcl", _vendor_script(ours, xrt=xrt)),
            (vivado.REQUEST, request.to_json()),
        ),
        tools=tuple(tools),
        after=(packaged.name,),
        phases=vivado.PHASES,
        errors=vivado.ERRORS,
        judgement=Judgement(
            vivado.BAD,
            "no package is kept",
            f"compare {packaged.dir / COMPONENT} with {folder}/failed/ip/{COMPONENT}",
        ),
    )


def _vendor_script(ours: str, *, xrt: bool) -> str:
    """Runs the scripts of our package, which lies at `ours`, and says when it can be compared."""
    lines = [
        f"set here {word(ours)}",
        f"source {word(f'{ours}/{IP_SCRIPT}')}",
        f"puts {{{vivado.MARK}{vivado.JUDGE}{PACKAGED}}}",
        *([f"source {word(f'{ours}/{XO_SCRIPT}')}"] if xrt else []),
        f"puts {{{vivado.MARK}{vivado.DONE}}}",
    ]
    return "\n".join(lines) + "\n"


# --- of a design ------------------------------------------------------------------------------


def options(design: Design) -> dict[str, Any]:
    """The options of the flow `ip_package` that a design decides."""
    return {"part": design.target.part, "xrt": design.target.toolchain == "vitis"}


def parameters(spec: KernelSpec, known: Iterable[str]) -> dict[str, int]:
    """The values that a design has for parameters of the kernel's RTL: rows for Rows, and so on."""
    sizes = {KIB.get(name, name.capitalize()): value for name, value in spec.sizes}
    kib = set(KIB.values())
    return {
        name: sizes[name] * 1024 if name in kib else sizes[name]
        for name in sorted(set(known) & sizes.keys())
    }


def elaborate(design: Design, spec: KernelSpec, cores: Cores) -> Elaborated:
    """The kernel's core for its target `package`, with what the design says of it."""
    found = cores.elaborate(
        f"bitwright:rtl:{spec.name}",
        NAME,
        work_root=design.build,
        name=spec.name,
        values={"format": spec.format},
    )
    edam = found.edam
    given = {
        name: {**edam["parameters"][name], "default": value}
        for name, value in parameters(spec, found.parameters).items()
    }
    return replace(
        found,
        edam={
            **edam,
            "parameters": {**edam["parameters"], **given},
            "flow_options": {**edam["flow_options"], **options(design)},
        },
    )


def steps(design: Design, tools: Mapping[str, Tool], *, vendor: bool) -> tuple[Step, ...]:
    """Everything that packages the RTL kernels of a design: generate, package-<kernel> and, if
    vendor, ipx-<kernel>.

    The result for the steps after is `result(steps, kernel)`.
    Raises ConfigError if a core, a dependency or a target is missing.
    """
    from edalize.flows.ip_package import Ip_package

    from bitwright.cores import Cores
    from bitwright.steps import generate

    cores, base = Cores(), design.build
    found = [(spec, elaborate(design, spec, cores)) for spec in design.rtl]
    generations = [each for _, elaborated in found for each in elaborated.generations]
    made: list[Step] = []
    if generations:
        used = [tools[name] for name in generate.WHEELS if name in tools]
        made.append(generate.step(generations, used, base=base))
    for spec, elaborated in found:
        commands = Ip_package(elaborated.edam, str(base)).commands.commands
        packaged: Step = next(each.step for each in commands if hasattr(each, "step"))
        known = tuple(tools.get(tool.name, tool) for tool in packaged.tools)
        packaged = replace(packaged, tools=known, after=tuple(step.name for step in made[:1]))
        made.append(packaged)
        if vendor:
            xrt = design.target.toolchain == "vitis"
            used = [tools["vivado"]] if "vivado" in tools else []
            made.append(vendor_step(packaged, used, base=base, kernel=spec.name, xrt=xrt))
    return tuple(made)


def result(made: Iterable[Step], kernel: str) -> Step:
    """The step whose outputs are the package of a kernel, or hold it: Vivado's where it is made."""
    named = {step.name: step for step in made}
    for prefix in (VENDOR, NAME):
        if f"{prefix}-{kernel}" in named:
            return named[f"{prefix}-{kernel}"]
    raise ConfigError(f"no step packages {kernel} (steps: {', '.join(named) or 'none'})")
