"""An adopted source as a project of Vitis HLS: part, clock and settings of where it came from."""

from __future__ import annotations

from pathlib import Path

from bitwright.hls.adopt.interface import ALIGN_BYTES, Design
from bitwright.hls.adopt.request import CLOCK_NS, PART, Request
from bitwright.hls.adopt.tclfile import Origin
from bitwright.hls.scripts import TCL, Ip, Project, tcl

SCRIPT = "hls.tcl"  # as Stream-HLS calls it
_ALIGNMENT = "syn.interface.m_axi_alignment_byte_size"


def project(
    design: Design, request: Request, origin: Origin, source: str, tests: tuple[str, ...]
) -> Project:
    """The project, its files in one folder.

    origin: what the hls.tcl beside the source says; the request is heard first
    source: the adopted source; tests: its bench and the data that the bench reads
    Raises ConfigError for what no script can hold.
    """
    vendor, library, name, version = design.vlnv.split(":")
    return Project(
        top=design.top.name,
        part=request.part or origin.part or PART,
        clock_ns=request.clock_ns or origin.clock_ns or CLOCK_NS,
        flow_target=origin.flow_target or "vivado",
        sources=(source,),
        testbench=tests[:1],
        data=tests[1:],
        stages=(*(("csim",) if tests[1:] else ()), "csynth", "export"),
        export=request.export,
        settings=_settings(origin),
        ip=Ip(vendor, library, name, version, description=f"{source}, adopted"),
    )


def aims(request: Request, origin: Origin, script: Path | None) -> str:
    """Part and clock of the project, each with who said so."""
    named = [
        (f"part {request.part or origin.part or PART}", request.part, origin.part),
        (f"clock {request.clock_ns or origin.clock_ns or CLOCK_NS} ns", request.clock_ns,
         origin.clock_ns),
    ]  # fmt: skip
    told = [
        (what, "as asked" if asked else f"of {script}" if read else "as Stream-HLS has it")
        for what, asked, read in named
    ]
    return ", ".join(f"{what} ({who})" for what, who in told)


def _settings(origin: Origin) -> tuple[tuple[str, str], ...]:
    """Those of the source's own script, and the alignment without which no port is widened.

    In the vivado flow the tool assumes byte-aligned pointers and then reads element by element,
    whatever max_widen_bitwidth says (UG1399, Automatic Port Width Resizing). kernel.yml asks hosts
    for the same alignment.
    """
    return tuple({**dict(origin.settings), _ALIGNMENT: str(ALIGN_BYTES)}.items())


def script(project: Project) -> str:
    """The Tcl script under the name that Stream-HLS gives it."""
    return tcl(project).replace(TCL, SCRIPT)
