"""Place and route for ECP5 with nextpnr: a netlist in, a routed configuration and its report out.

A missed clock does not fail here: the report is written in any case, and the step that reads it
judges. What starts nextpnr (steps/nextpnr.py) is no part of the key, as the guard is not: the key
of this step becomes the bitstream's USERCODE, and stands for hardware alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError

CONFIG = "routed.config"
REPORT = "report.json"
PLACEMENT = "placement.json"  # where each cell stands
PLACEMENT_FORMAT = "1"  # of that file; a new number makes the step run again

PHASES = (
    (r"^preparing ", "preparing nextpnr"),
    (r"^Info: constraining|^Info: Logic utilisation", "reading the netlist"),
    (r"^Info: Pack", "packing"),
    (r"^Info: Promoting globals", "promoting clocks"),
    (r"^Info: Creating initial analytic placement", "placing"),
    (r"^Info:\s+at iteration #(\d+), type ALL", r"placing, iteration \1"),
    (r"^Info: Running simulated annealing", "refining the placement"),
    (r"^Info:\s+at iteration #(\d+): temp", r"refining the placement, iteration \1"),
    (r"^Info: Routing globals", "routing clocks"),
    (r"^Info: Routing\.\.|^Info: Routing \d+ arcs", "routing"),
    (r"^Info:\s+\d+ \|.*\|\s+(\d+)\|", r"routing, \1 arcs left"),
    (r"^Info: Critical path report", "timing"),
)
ERRORS = (r"^ERROR:", r"^Error:", r"^\w*Error: ")

DEVICE = re.compile(r"LFE5(U|UM|UM5G)-(12|25|45|85)F|(um-|um5g-)?(12|25|45|85)k")


@dataclass(frozen=True, slots=True)
class Part:
    """An ECP5 as nextpnr names it."""

    device: str  # LFE5U-85F, or nextpnr's 85k
    package: str  # CABGA381
    speed: str  # 6, 7 or 8

    def options(self) -> tuple[str, ...]:
        """nextpnr's options for this part. Raises ConfigError for a device it does not know."""
        match = DEVICE.fullmatch(self.device)
        if not match:
            raise ConfigError(f"device: expected LFE5U-85F or the like, found {self.device!r}")
        family = {"U": "", "UM": "um-", "UM5G": "um5g-"}[match[1]] if match[1] else match[3] or ""
        size = match[2] or match[4]
        return (f"--{family}{size}k", "--package", self.package, "--speed", self.speed)


@dataclass(frozen=True, slots=True)
class Constraints:
    """What place and route has to keep to. Paths start from the folder that the flow works in."""

    netlist: str
    lpf: tuple[str, ...]
    freq_mhz: str = ""  # of clocks that the LPF does not constrain
    seed: int = 1
    options: tuple[str, ...] = ()  # further ones of nextpnr


def step(part: Part, given: Constraints, tools: Iterable[Tool], *, base: Path) -> Step:
    """Place and route in the folder `implement` below base."""
    folder = base / "implement"
    command = ["python", "-m", "bitwright.steps.nextpnr", *part.options()]
    command += ["--json", f"../{given.netlist}"]
    for name in given.lpf:
        command += ["--lpf", f"../{name}"]
    if not given.lpf:
        command += ["--lpf-allow-unconstrained"]
    if given.freq_mhz:
        command += ["--freq", given.freq_mhz]
    command += ["--seed", str(given.seed), *given.options, "--timing-allow-fail"]
    command += ["--textcfg", CONFIG, "--report", REPORT, "--write", PLACEMENT]
    names = (given.netlist, *given.lpf)
    return Step(
        name="implement",
        title="nextpnr place and route",
        dir=folder,
        reads=tuple(Path(os.path.relpath(base / name)) for name in names),
        writes=(folder / CONFIG, folder / REPORT, folder / PLACEMENT),
        command=tuple(command),
        settings=(("placement", PLACEMENT_FORMAT), ("seed", str(given.seed))),
        tools=tuple(tools),
        after=("synthesize",),
        phases=PHASES,
        errors=ERRORS,
    )
