"""v++ links kernels into a platform: one .xclbin, and the reports that it left on the way."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.implementation import Implementation
from bitwright.vivado import connectivity
from bitwright.vivado.connectivity import Connectivity
from bitwright.vivado.project import PLAN, Collect, Plan
from bitwright.vivado.request import ERRORS, MESSAGES, PHASES, REQUEST, Request

NAME, CONFIG, SCRATCH = "link", "link.cfg", "_x"
RUN = "bitwright.vivado.project"
REPORTS = {  # ours -> what reads it; v++ names them by platform and stage
    "timing_summary.rpt": "timing_summary",
    "utilization.rpt": "utilization",
    "kernel_utilization.rpt": "kernel_utilization",
}
PHASES_OF_LINK = (
    *PHASES,
    (r"^\[\d\d:\d\d:\d\d\] (?:Starting|Run vpl: Step) (\w[\w ]*?)(?::|\.|$)", r"\1"),
)


@dataclass(frozen=True, slots=True)
class Build:
    """What a link says."""

    name: str  # of the .xclbin
    platform: str
    clock_mhz: float
    connectivity: Connectivity
    implementation: Implementation


def info(name: str) -> str:
    """The text that v++ writes beside an .xclbin, as xclbinutil --info prints it."""
    return f"{name}.xclbin.info"


def step(
    build: Build, objects: Iterable[tuple[str, Step]], tools: Iterable[Tool], *, base: Path
) -> Step:
    """The link in the folder `link` below base.

    objects: each kernel's name with the step that has its .xo among its outputs
    """
    folder = base / NAME
    objects = tuple(objects)
    files = [path for _, made in objects for path in made.writes if path.suffix == ".xo"]
    arguments = ["--link", "--target", "hw", "--platform", build.platform, "--config", CONFIG]
    arguments += ["--kernel_frequency", f"{build.clock_mhz:g}", "--save-temps"]
    arguments += ["--temp_dir", SCRATCH, "--remote_ip_cache", "ip_cache"]
    arguments += ["--jobs", str(build.implementation.jobs), "--report_level", "2"]
    arguments += ["--output", f"{build.name}.xclbin"]
    arguments += [os.path.relpath(path, folder) for path in files]
    outputs = (f"{build.name}.xclbin", info(build.name))
    request = Request(tool="v++", arguments=tuple(arguments), expects=outputs)
    collect = tuple(Collect(SCRATCH, kind, name) for name, kind in REPORTS.items())
    scripts = {
        CONFIG: connectivity.render(build.connectivity, build.implementation),
        REQUEST: request.to_json(),
        PLAN: Plan(ip_cache=True, collect=collect).to_json(),
    }
    return Step(
        name=NAME,
        title=f"v++ link for {build.platform}",
        dir=folder,
        reads=tuple(files),
        writes=tuple(folder / name for name in (*outputs, *REPORTS, MESSAGES)),
        command=("python", "-m", RUN, REQUEST),
        scripts=tuple(sorted(scripts.items())),
        tools=tuple(tools),
        after=tuple(made.name for _, made in objects),
        phases=PHASES_OF_LINK,
        errors=ERRORS,
    )
