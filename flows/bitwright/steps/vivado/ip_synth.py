"""Every IP of the block design synthesised out of context, or taken from the IP cache."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vivado import block_design, common
from bitwright.vivado import scripts
from bitwright.vivado.project import ARCHIVE, Plan
from bitwright.vivado.scripts import Build

NAME = "ip_synth"


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """The out-of-context runs in the folder `ip_synth` below base."""
    job = common.Job(
        name=NAME,
        title="IPs, out of context",
        scripts=scripts.ip_synth(build),
        stages=("project", "out-of-context runs", "cache"),
        outputs=("ip_cache.csv",),
        reads=(base / block_design.NAME / ARCHIVE,),
        after=(block_design.NAME,),
        plan=Plan(unpack=f"../{block_design.NAME}/{ARCHIVE}", ip_cache=True, pack=True),
        more=(ARCHIVE,),
    )
    return common.step(job, build, tools, base=base)
