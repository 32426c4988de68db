"""The bitstream with its hardware description, and the platform for software.

USERID and USR_ACCESS hold the head of the key of `implement`: of all that makes the hardware, and
of nothing else, so that a commit which changes no hardware changes no bitstream.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vivado import block_design, common, implement
from bitwright.vivado import scripts
from bitwright.vivado.project import ARCHIVE, Plan
from bitwright.vivado.scripts import ROUTED, Build

NAME = "bitstream"
RECORD = "record.json"  # of the engine


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """The bitstream in the folder `bitstream` below base."""
    kinds = ("bit", "hwh", "xsa", *(["ltx"] if build.implementation.probes else []))
    read = (
        *(base / implement.NAME / name for name in (ROUTED, RECORD)),
        *(base / block_design.NAME / name for name in (f"{build.name}.hwh", ARCHIVE)),
    )
    job = common.Job(
        name=NAME,
        title="bitstream and hardware platform",
        scripts=scripts.bitstream(build),
        stages=("project", "bitstream", "platform"),
        outputs=tuple(f"{build.name}.{kind}" for kind in kinds),
        canonical=tuple(f"{build.name}.{kind}" for kind in ("bit", "hwh", "xsa")),
        reads=read,
        after=(implement.NAME,),
        plan=Plan(
            unpack=f"../{block_design.NAME}/{ARCHIVE}", usercode=f"../{implement.NAME}/{RECORD}"
        ),
    )
    return common.step(job, build, tools, base=base)
