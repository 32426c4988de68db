"""Whether this machine can carry a build with Vivado or Vitis, told before hours are spent.

The needs are estimates by the size of the part, with room to spare: no tool has confirmed them for
these designs. machine.yml can set the disk's (`disk_gib`), for who knows better.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ToolError
from bitwright.vivado.machine import Machine

LICENCES = ("XILINXD_LICENSE_FILE", "LM_LICENSE_FILE")
LONGEST = 160  # characters of a step's folder; Vivado's own names below it have 250 and more
ODD = re.compile(r"[^\w./+@:=,~-]")  # Vivado's Tcl takes a path apart at blanks, [ and $
FREE_LUTS = 360_000  # parts up to this size are in the edition that needs no licence, by and large


@dataclass(frozen=True, slots=True)
class Needs:
    """What a build takes, in GiB."""

    disk_gib: int
    memory_gib: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about this machine; stops: no build can go well."""

    stops: bool
    what: str
    next: str


def needs(toolchain: str, lut: int) -> Needs:
    """Of a build for a part with so many LUTs."""
    if toolchain == "vitis":
        return Needs(100, 64)
    if lut <= 100_000:
        return Needs(10, 4)
    return Needs(20, 16) if lut <= 600_000 else Needs(50, 32)


def findings(
    folder: Path, asked: Needs, lut: int, machine: Machine, environ: Mapping[str, str] | None = None
) -> list[Finding]:
    """What is not as a build needs it. folder: of the build, there or not."""
    environ = os.environ if environ is None else environ
    found = [*_disk(folder, machine.disk_gib or asked.disk_gib), *_path(folder)]
    if not machine.wrapper:  # else it is another machine's memory that counts
        found += _memory(asked.memory_gib)
    if lut > FREE_LUTS and not machine.licence and not any(environ.get(name) for name in LICENCES):
        text = f"neither {' nor '.join(LICENCES)} is set, and a part of this size needs a licence"
        found.append(Finding(False, text, "set it, or `licence: 2100@host` in machine.yml"))
    return found


def check(folder: Path, asked: Needs, lut: int, machine: Machine) -> list[str]:
    """Lines to tell. Raises ToolError with all that would stop a build."""
    found = findings(folder, asked, lut, machine)
    stopping = [finding for finding in found if finding.stops]
    if stopping:
        raise ToolError("\n".join(f"{one.what}\n  next      {one.next}" for one in stopping))
    return [f"{one.what}; {one.next}" for one in found]


def memory_gib() -> float:
    """Of this machine, in GiB; 0 where it does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30)
    except (ValueError, OSError):
        return 0.0


def free_gib(folder: Path) -> float:
    """Of the disk that a folder is or will be on, in GiB."""
    while not folder.exists():
        folder = folder.absolute().parent
    return shutil.disk_usage(folder).free / (1 << 30)


def _disk(folder: Path, wanted: int) -> list[Finding]:
    free = free_gib(folder)
    if free >= wanted:
        return []
    text = f"{folder}: {free:.0f} GiB free on its disk; such a build takes up to {wanted} GiB"
    room = "make room (./doit clean), let build/ be a link to a larger disk, or set disk_gib"
    return [Finding(True, text, f"{room} in machine.yml if you know that less is enough")]


def _memory(wanted: int) -> list[Finding]:
    there = memory_gib()
    if not there or there >= wanted * 0.9:  # a machine of 16 GB has 15.6 GiB
        return []
    text = f"{there:.0f} GiB of memory; a part of this size takes up to {wanted} GiB"
    return [Finding(False, text, "it may swap or be killed; expect long runs")]


def _path(folder: Path) -> list[Finding]:
    place = str(folder.absolute())
    found = []
    if odd := ODD.search(place):
        text = f"{place}: {odd[0]!r} in the path; Vivado's scripts take paths apart there"
        found.append(Finding(True, text, "move the project to a path of letters, digits and ._-"))
    if len(place) > LONGEST:
        text = f"{place}: {len(place)} characters; Vivado makes paths 250 characters deeper"
        found.append(Finding(False, text, f"a path of at most {LONGEST} is on the safe side"))
    return found
