"""What a build for AMD parts asks of this machine: told by doctor, checked before a first step."""

from __future__ import annotations

import os
import shlex
from itertools import zip_longest
from pathlib import Path

from bitwright.design import Design
from bitwright.errors import ConfigError
from bitwright.front.show import say
from bitwright.vivado import locate, machine, ready

TOOLCHAINS = ("vivado", "vitis")
NOTHING = "no tool in its bin/; is the version's folder missing from the path?"
EXAMPLES = (
    ("a Zynq-7020", "vivado", 53_200),
    ("a ZU7EV", "vivado", 230_400),
    ("a U280", "vivado", 1_303_680),
    ("a U280 under XRT", "vitis", 1_303_680),
)


def check(design: Design) -> None:
    """Say what may slow a build down. Raises ToolError for what would stop it."""
    target = design.target
    if target.toolchain in TOOLCHAINS:
        lut = target.resources.lut
        asked = ready.needs(target.toolchain, lut)
        for line in ready.check(design.build, asked, lut, machine.load()):
            say(f"note: {line}")


def doctor(root: Path, fault: ConfigError | None = None) -> None:
    """Print what machine.yml says, the licence, memory and disk, and what builds take of them.

    fault: of machine.yml, which is then taken for empty
    """
    here = machine.Machine() if fault else machine.load()
    none = f"none; folders, wrapper, licence: copy {machine.EXAMPLE} to {machine.FILE}"
    lines = str(fault).splitlines() if fault else [here.source or none]
    for label, line in zip_longest(["machine file"], lines, fillvalue=""):
        say(f"  {label:<20} {line}")
    for install in () if here.wrapper else here.installs:
        say(f"  {'installation':<20} {install}: {', '.join(locate.programs(install)) or NOTHING}")
    if here.wrapper:
        say(f"  {'wrapper':<20} {shlex.join(here.wrapper)}")
    licence = next((name for name in ready.LICENCES if os.environ.get(name)), "")
    told = licence or (f"licence in {here.source}" if here.licence else "")
    say(f"  {'licence':<20} {told or 'none is named; small parts need none'}")
    free, memory = ready.free_gib(root / "build"), ready.memory_gib()
    say(f"  {'disk, memory':<20} {free:.0f} GiB free, {memory:.0f} GiB; by estimate builds take")
    for name, toolchain, lut in EXAMPLES:
        asked = ready.needs(toolchain, lut)
        say(f"  {'':<20} {asked.disk_gib} and {asked.memory_gib} GiB for {name}")
