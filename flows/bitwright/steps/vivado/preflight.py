"""Vivado asked for the part, its own version and its licences, before anything long begins."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vivado import common
from bitwright.vivado import scripts
from bitwright.vivado.scripts import Build

NAME = "preflight"


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """The question, in the folder `preflight` below base."""
    job = common.Job(
        name=NAME,
        title=f"Vivado can build for {build.part}",
        scripts=scripts.preflight(build),
        stages=("version", "part", "licence"),
        outputs=("preflight.txt",),
    )
    return common.step(job, build, tools, base=base)
