"""The bitstream, named by the placed hardware and compared with it (the work is in ecppack.py)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Step, Tool

CODE = ("bitwright.steps.ecppack",)  # modules that the command runs

PHASES = (
    (r"^preparing ", "preparing the packer"),
    (r"^packing", "packing"),
    (r"^unpacking", "unpacking"),
    (r"^comparing", "comparing"),
)
ERRORS = (
    r"^ERROR",
    r"^Error",
    r"^terminate",
    r"^\w*Error: ",
    r"^Failed",
    r"^  ",
)  # what differs stands indented


@dataclass(frozen=True, slots=True)
class Packing:
    """How a routed configuration becomes a bitstream. Paths start from the flow's folder."""

    config: str  # implement/routed.config
    key: str  # implement/record.json, the Record of the step that wrote it
    bit: str  # the bitstream's name in the step's folder
    compress: bool = True
    options: tuple[str, ...] = ()  # further ones of ecppack


def step(packing: Packing, tools: Iterable[Tool], *, base: Path, code: Iterable[Path] = ()) -> Step:
    """The bitstream in the folder `bitstream` below base; code: the files of CODE."""
    folder = base / "bitstream"
    command = ["python", "-m", "bitwright.steps.ecppack"]
    command += ["--config", f"../{packing.config}", "--key", f"../{packing.key}"]
    command += ["--bit", packing.bit, *(["--compress"] if packing.compress else [])]
    command += ["--", *packing.options] if packing.options else []
    names = (packing.config, packing.key)
    return Step(
        name="bitstream",
        title="ecppack bitstream",
        dir=folder,
        reads=(*(Path(os.path.relpath(base / name)) for name in names), *code),
        writes=(folder / packing.bit,),
        command=tuple(command),
        tools=tuple(tools),
        after=("implement",),
        phases=PHASES,
        errors=ERRORS,
    )
