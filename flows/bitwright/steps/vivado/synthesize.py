"""The whole netlist with its constraints, as one checkpoint, and what can be said of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vivado import common, ip_synth
from bitwright.vivado import scripts
from bitwright.vivado.project import ARCHIVE, Plan
from bitwright.vivado.scripts import OF_SYNTHESIZED, SYNTHESIZED, Build

NAME = "synthesize"


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """Synthesis in the folder `synthesize` below base."""
    told = common.directives(build.implementation, ("synth",))
    job = common.Job(
        name=NAME,
        title=f"Vivado synthesis{f' ({told})' * bool(told)}",
        scripts=scripts.synthesize(build),
        stages=("project", "synth", "link", "reports"),
        outputs=(SYNTHESIZED, *(f"{name}.rpt" for name in OF_SYNTHESIZED)),
        reads=(base / ip_synth.NAME / ARCHIVE,),
        after=(ip_synth.NAME,),
        plan=Plan(unpack=f"../{ip_synth.NAME}/{ARCHIVE}", ip_cache=True),
    )
    return common.step(job, build, tools, base=base)
