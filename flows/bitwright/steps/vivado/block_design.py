"""The block design in a project on disk, with all that is generated from it, and its .hwh."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vivado import common
from bitwright.vivado import scripts
from bitwright.vivado.project import ARCHIVE, Ip, Plan
from bitwright.vivado.scripts import Build

NAME = "block_design"


def step(
    build: Build, packages: Iterable[tuple[str, Step]], tools: Iterable[Tool], *, base: Path
) -> Step:
    """The block design in the folder `block_design` below base.

    packages: each kernel's name with the step that packages it, as a folder or as one zip
    """
    packages = tuple(packages)
    folder = base / NAME
    job = common.Job(
        name=NAME,
        title=f"block design {build.design}",
        scripts=scripts.block_design(build),
        stages=("project", "block design", "output products"),
        outputs=(f"{build.name}.hwh", "ip_status.rpt"),
        canonical=(f"{build.name}.hwh",),
        reads=tuple(path for _, made in packages for path in _ip(made)),
        after=("preflight", *(made.name for _, made in packages)),
        plan=Plan(ips=tuple(_bring(name, made, folder) for name, made in packages), pack=True),
        more=(ARCHIVE,),
    )
    return common.step(job, build, tools, base=base)


def _ip(made: Step) -> tuple[Path, ...]:
    """The files of the IP among what a step writes: one zip, or all of a folder."""
    zipped = tuple(path for path in made.writes if path.suffix == ".zip")
    return zipped or made.writes


def _bring(name: str, made: Step, folder: Path) -> Ip:
    files = tuple(os.path.relpath(path, folder) for path in _ip(made))
    zipped = files[0].endswith(".zip")
    return Ip(name, files, "" if zipped else os.path.relpath(made.dir, folder))
