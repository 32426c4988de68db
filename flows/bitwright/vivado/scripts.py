"""What Vivado is told: a script per step, rendered from tcl/*.j2, with every decision made here.

    files(build, step)   file name -> text of everything that a step's folder holds before a run

The templates know no condition that a tool's answer would have to decide, but for two: which
out-of-context runs are still open (the IP cache decides that), and whether the platform could be
written together with its bitstream. Paths are relative to the step's folder; the project of the
block design is `design/design.xpr` in it.

Not confirmed by any tool so far, and said here because a reader must know it:
- `write_hw_platform -include_bit` while a routed checkpoint is the current project. Public scripts
  do so after open_checkpoint; the script falls back to the block design's own project without it.
- The same for a design without a processor (u280). Should the fallback be refused too, the step
  bitstream fails with the .bit already written: what to drop then is the .xsa, not the .bit.
- That an on-disk project stays up to date when it is moved as an archive whose files all carry one
  old date. Were it not, synth_1 would have its IPs from the IP cache again: slower, equally right.
- That a run whose IP was in the cache says so in STATUS ("Using cached IP results") or is at 100 %.
- `resize_pblock -add SLR0` on a part of several dies (UG912); USER_SLR_ASSIGNMENT is in wide use.
Sources: Vivado's help texts of 2023 and 2024, UG835, UG904, UG994, AR 61599 (repeatable results).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright import templates
from bitwright.implementation import DEFAULT, Implementation
from bitwright.tclquote import tcl

TEMPLATES = Path(__file__).with_name("tcl")
PROJECT = "design"  # of the project, its folder, and its .xpr
XPR = f"{PROJECT}/{PROJECT}.xpr"
IPS = f"{PROJECT}/ip"  # folder of packaged IPs in it: one below for each kernel
DESIGN_SCRIPT = "design.tcl"  # the block design as commands
CHECKPOINTS = "checkpoints"  # folder that outlives a run of `implement` that was cut off
SYNTHESIZED, ROUTED = "synthesized.dcp", "routed.dcp"
USERCODE = "usercode.tcl"  # written before the run: the head of the key of `implement`
STAGES = ("opt", "place", "phys_opt", "route")
PREFLIGHT = """module preflight (input wire clk, input wire d, output reg q);
  always @(posedge clk) q <= d;
endmodule
"""

# name of a report of ours -> the command that writes it; the file is <name>.rpt
REPORTS: Mapping[str, str] = {
    "timing_summary": "report_timing_summary -delay_type min_max -max_paths 10",
    "utilization": "report_utilization",
    "utilization_hierarchy": "report_utilization -hierarchical",
    "clock_interaction": "report_clock_interaction -delay_type min_max",
    "cdc": "report_cdc -details",
    "methodology": "report_methodology",
    "drc": "report_drc",
    "power": "report_power",
    "qor_assessment": "report_qor_assessment",
    "route_status": "report_route_status",
    "control_sets": "report_control_sets",
}
OF_SYNTHESIZED = (
    *("timing_summary", "utilization", "utilization_hierarchy", "clock_interaction", "cdc"),
    *("methodology", "drc", "power", "qor_assessment", "control_sets"),
)
OF_PLACED = ("timing_summary", "utilization")
OF_ROUTED = (
    *("timing_summary", "utilization", "utilization_hierarchy", "clock_interaction", "cdc"),
    *("methodology", "drc", "power", "qor_assessment", "route_status", "control_sets"),
)


@dataclass(frozen=True, slots=True)
class Build:
    """What the scripts of one design say."""

    name: str  # of the bitstream and what lies beside it: the config's
    part: str
    design: str  # name of the block design
    design_tcl: str  # the commands that make it
    constraints: str  # XDC of pins, clocks and configuration
    implementation: Implementation
    version: str = ""  # of the tool as it was probed; "" where there is none: then any may run

    @property
    def top(self) -> str:
        """The module around the block design, as make_wrapper names it."""
        return f"{self.design}_wrapper"

    def instance(self, cell: str) -> str:
        """Where a cell of the block design stands in the netlist."""
        return f"{self.design}_i/{cell}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the implementation as its template takes it."""

    name: str
    command: str
    reports: tuple[str, ...]
    judged: str  # the gate that looks at them; "" for none

    @property
    def checkpoint(self) -> str:
        return f"{CHECKPOINTS}/{self.name}.dcp"

    @property
    def part(self) -> str:
        """What it is called until it is whole."""
        return f"{CHECKPOINTS}/{self.name}.part.dcp"


def render(template: str, values: Mapping[str, Any]) -> str:
    """The text of a template of tcl/. Raises UndefinedError for a value it lacks."""
    return templates.render(TEMPLATES / template, **values)


def preflight(build: Build) -> dict[str, str]:
    """Asks the tool for part and licences before anything long begins."""
    return {"preflight.tcl": _render("preflight", build), "preflight.v": PREFLIGHT}


def block_design(build: Build) -> dict[str, str]:
    hwh = f"{PROJECT}/{PROJECT}.gen/sources_1/bd/{build.design}/hw_handoff/{build.design}.hwh"
    script = _render("block_design", build, hwh=f"{build.name}.hwh", hwh_path=hwh)
    return {"block_design.tcl": script, DESIGN_SCRIPT: build.design_tcl}


def ip_synth(build: Build) -> dict[str, str]:
    return {"ip_synth.tcl": _render("ip_synth", build)}


def synthesize(build: Build) -> dict[str, str]:
    script = _render(
        "synthesize",
        build,
        directives={"synth": build.implementation.directive("synth")},
        reports={"synthesized": _reports(OF_SYNTHESIZED)},
    )
    return {"synthesize.tcl": script, "constraints.xdc": build.constraints}


def implement(build: Build) -> dict[str, str]:
    """The script of a whole run, and one for each checkpoint that a run may go on from."""
    stages = tuple(map(_stage, [build.implementation] * len(STAGES), STAGES))
    scripts = {"implement.tcl": _implement(build, f"../synthesize/{SYNTHESIZED}", stages, "")}
    for at, stage in enumerate(stages, 1):
        judged = next((s.judged for s in stages[:at] if s.judged), "")
        scripts[from_(stage.name)] = _implement(build, stage.checkpoint, stages[at:], judged)
    return scripts | {"placement.xdc": placement(build)}


def from_(stage: str) -> str:
    """The script that goes on after a stage."""
    return f"from_{stage}.tcl"


def checkpoint(stage: str) -> str:
    """The checkpoint that a stage leaves, once it is whole."""
    return f"{CHECKPOINTS}/{stage}.dcp"


def bitstream(build: Build) -> dict[str, str]:
    name = build.name
    files = {"bit": f"{name}.bit", "ltx": f"{name}.ltx", "xsa": f"{name}.xsa", "hwh": f"{name}.hwh"}
    more = {"routed": f"../implement/{ROUTED}", "hwh_from": f"../block_design/{name}.hwh"}
    probes = build.implementation.probes
    return {"bitstream.tcl": _render("bitstream", build, **files, **more, probes=probes)}


def placement(build: Build) -> str:
    """XDC of what must stand where; a comment alone where nothing must."""
    asked = build.implementation
    pblocks = [
        {"name": p.name, "region": p.region, "cells": [build.instance(c) for c in p.cells]}
        for p in asked.pblocks
    ]
    slr = [(build.instance(cell), f"SLR{region}") for cell, region in asked.slr]
    return render("placement.xdc.j2", {"pblocks": pblocks, "slr": slr})


def _render(template: str, build: Build, **more: Any) -> str:
    values = {
        "threads": build.implementation.threads,
        "jobs": build.implementation.jobs,
        "part": build.part,
        "version": build.version,
        "project": PROJECT,
        "xpr": XPR,
        "ips": IPS,
        "design": build.design,
        "design_script": DESIGN_SCRIPT,
        "top": build.top,
    }
    return render(f"{template}.tcl.j2", {**values, **more})


def _implement(build: Build, source: str, stages: Iterable[Stage], judged: str) -> str:
    return _render(
        "implement",
        build,
        source=source,
        checkpoints=CHECKPOINTS,
        constrain=source.startswith(".."),
        stages=tuple(stages),
        judged=judged,
        routed=checkpoint(STAGES[-1]),
        reports={"routed": _reports(OF_ROUTED)},
    )


def _stage(asked: Implementation, name: str) -> Stage:
    directive = asked.directive(name)
    option = f" -directive {tcl(directive)}" if directive != DEFAULT else ""
    placed = name == "place"
    reports = tuple(_reports(OF_PLACED, f"{CHECKPOINTS}/placed_")) if placed else ()
    return Stage(name, f"{name}_design{option}", reports, "placed" if placed else "")


def _reports(names: Iterable[str], before: str = "") -> list[str]:
    return list(_commands(names, before))


def _commands(names: Iterable[str], before: str) -> Iterator[str]:
    for name in names:
        yield f"{REPORTS[name]} -file {tcl(f'{before}{name}.rpt')}"
