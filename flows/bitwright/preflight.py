"""What would stop a build half-way, found before its first tool runs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bitwright import run
from bitwright.errors import ToolError
from bitwright.step import Step

LONGEST_PATH, LONGEST_NAME = 900, 200  # tools append to names, and fail in strange ways


def preflight(steps: Sequence[Step], *, free_mib: int = 500) -> None:
    """Check programs, folders, the disk's free space and the length of paths.

    Raises ToolError with all faults at once.
    """
    faults = [*_shared(steps), *_absent(steps), *_long(steps)]
    if steps and (free := _free_mib(steps[0].dir)) < free_mib:
        faults.append(
            f"{steps[0].dir}: {free} MiB free on its disk\n"
            f"  expected  {free_mib} MiB or more\n"
            f"  next      make room (./doit clean), or let build/ be a link to a larger disk"
        )
    if faults:
        raise ToolError("\n".join(faults))


def _shared(steps: Sequence[Step]) -> list[str]:
    """A step empties its folder, so no other may live in it."""
    pairs = [(one, other) for one in steps for other in steps if one is not other]
    return sorted(
        {
            f"{other.dir}: lies in {one.dir}, the folder of another step ({one.name})"
            for one, other in pairs
            if one.dir == other.dir or one.dir in other.dir.parents
        }
    )


def _absent(steps: Sequence[Step]) -> list[str]:
    faults = []
    for step in steps:
        try:
            run.program(step)
        except ToolError as error:
            faults.append(str(error))
    return faults


def _long(steps: Sequence[Step]) -> list[str]:
    faults = set()
    for path in (path for step in steps for path in step.writes):
        whole, name = len(str(path.absolute())), max(len(part) for part in path.parts)
        if whole > LONGEST_PATH or name > LONGEST_NAME:
            faults.add(
                f"{path.parent}: a path of {whole} characters with a name of {name}\n"
                f"  expected  at most {LONGEST_PATH} and {LONGEST_NAME}\n"
                f"  next      move the project to a shorter path, or shorten the config's name"
            )
    return sorted(faults)


def _free_mib(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free >> 20
