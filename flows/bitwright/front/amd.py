"""What a build for AMD parts asks of this machine: told by doctor, checked before a first step."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from bitwright.design import Design
from bitwright.front.show import say
from bitwright.vivado import machine, ready

TOOLCHAINS = ("vivado", "vitis")
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


def doctor(root: Path) -> None:
    """Print what machine.yml says, the licence, memory and disk, and what builds take of them."""
    here = machine.load()
    where = (
        here.source or f"none; flows/bitwright/vivado/machine.py tells what {machine.FILE} may say"
    )
    say(f"  {'machine file':<22} {where}")
    if here.wrapper:
        say(f"  {'wrapper':<22} {shlex.join(here.wrapper)}")
    licence = next((name for name in ready.LICENCES if os.environ.get(name)), "")
    told = licence or (f"licence in {here.source}" if here.licence else "")
    say(f"  {'licence':<22} {told or 'none is named; small parts need none'}")
    free, memory = ready.free_gib(root / "build"), ready.memory_gib()
    say(f"  {'disk, memory':<22} {free:.0f} GiB free, {memory:.0f} GiB; by estimate builds take")
    for name, toolchain, lut in EXAMPLES:
        asked = ready.needs(toolchain, lut)
        say(f"  {'':<22} {asked.disk_gib} and {asked.memory_gib} GiB for {name}")
