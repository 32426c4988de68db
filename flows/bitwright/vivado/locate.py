"""Where a vendor's tool is: on PATH, below XILINX_VIVADO and its kind, or in an installation.

Nothing is sourced to find one. The environment that a tool needs is worked out from the text of its
settings64.sh (settings.py) or, without one, from the layout of the installation.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bitwright.vivado import settings
from bitwright.vivado.machine import Machine

# the folder that a tool's bin/ is in, by the variable that names it; in order of trust
HOMES: Mapping[str, tuple[str, ...]] = {
    "vivado": ("XILINX_VIVADO",),
    "xsdb": ("XILINX_VITIS", "XILINX_VIVADO"),
    "hw_server": ("XILINX_VIVADO", "XILINX_VITIS"),
    "bootgen": ("XILINX_VITIS", "XILINX_VIVADO"),
    "v++": ("XILINX_VITIS",),
    "vitis-run": ("XILINX_VITIS", "XILINX_HLS"),
    "vitis_hls": ("XILINX_HLS", "XILINX_VITIS"),
    "xclbinutil": ("XILINX_XRT", "XILINX_VITIS"),
    "xbutil": ("XILINX_XRT",),
}
PRODUCTS = {"XILINX_VIVADO": "Vivado", "XILINX_VITIS": "Vitis", "XILINX_HLS": "Vitis_HLS"}
PLACES = (
    "/tools/Xilinx",
    "/opt/Xilinx",
    "/opt/xilinx",
    "/tools/xilinx",
    "~/Xilinx",
    "~/tools/Xilinx",
)
XRT = "/opt/xilinx/xrt"  # where its packages put it
VERSION = re.compile(r"20\d\d\.\d")
SETTINGS = "settings64.sh"


@dataclass(frozen=True, slots=True)
class Found:
    """A tool and what its environment needs."""

    path: str  # of the program
    by: str  # what led to it: PATH, XILINX_VIVADO, an installation's folder
    env: tuple[tuple[str, str], ...] = ()  # to be set for it, PATH included


def find(program: str, machine: Machine, environ: Mapping[str, str] | None = None) -> Found | None:
    """The first place of a program; None if it is nowhere.

    With a wrapper the program may live elsewhere (a container, another host): then an installation
    that the machine file names is believed as it stands, and without one the bare name is.
    """
    environ = os.environ if environ is None else environ
    if path := shutil.which(program, path=environ.get("PATH", os.defpath)):
        return Found(str(Path(path).absolute()), "PATH")
    for variable in HOMES.get(program, ()):
        if (home := environ.get(variable)) and (path := _inside(Path(home), program)):
            return Found(path, variable, _surroundings(Path(home), environ))
    everywhere = machine.usual and not machine.wrapper
    for install in (*machine.installs, *(_usual_of(program, environ) if everywhere else ())):
        folder = _folder(install)
        if path := _inside(folder, program):
            return Found(path, install, _surroundings(folder, environ))
    return _elsewhere(program, machine)


def _elsewhere(program: str, machine: Machine) -> Found | None:
    """Where a program is behind a wrapper, as far as the machine file says."""
    if not machine.wrapper or program not in HOMES:
        return None
    products = [PRODUCTS[name] for name in HOMES[program] if name in PRODUCTS]
    for install in machine.installs:
        folder = _folder(install)
        if any(product in folder.parts for product in products) and not folder.exists():
            return Found(str(folder / "bin" / program), f"{machine.source}: wrapper")
    return Found(program, f"{machine.source}: wrapper")


def programs(install: str) -> tuple[str, ...]:
    """The tools that an installation has."""
    return tuple(program for program in HOMES if _inside(_folder(install), program))


def version(path: str) -> str:
    """The version that an installation's path tells, such as 2024.1; "" if it tells none."""
    found = [part for part in Path(path).parts if VERSION.fullmatch(part)]
    return found[-1] if found else ""


def _usual_of(program: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The usual places of a program: XRT's own has no version in its path."""
    xrt = (XRT,) if "XILINX_XRT" in HOMES.get(program, ()) else ()
    return (*xrt, *usual(_home(environ)))


def usual(home: str) -> tuple[str, ...]:
    """The installations in the usual places, the newest first: Vivado/2024.1 or 2025.1/Vivado."""
    return _usual(home)


@cache
def _usual(home: str) -> tuple[str, ...]:
    found: list[tuple[str, str]] = []
    for place in PLACES:
        base = Path(place.replace("~", home, 1))
        for product in PRODUCTS.values():
            for folder in (*_versions(base / product), *_products(base, product)):
                found.append((version(str(folder)), str(folder)))
    return tuple(path for _, path in sorted(found, key=lambda one: one[0], reverse=True))


def _versions(folder: Path) -> Iterator[Path]:
    yield from (path for path in _entries(folder) if VERSION.fullmatch(path.name))


def _products(base: Path, product: str) -> Iterator[Path]:
    yield from (path / product for path in _versions(base) if (path / product).is_dir())


def _entries(folder: Path) -> Sequence[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return ()


def _home(environ: Mapping[str, str]) -> str:
    return environ.get("HOME") or "/nonexistent"


def _folder(install: str) -> Path:
    """The folder of an installation that may be named by its settings64.sh."""
    path = Path(install)
    return path.parent if path.suffix == ".sh" else path


def _inside(folder: Path, program: str) -> str | None:
    return shutil.which(program, path=str(folder / "bin"))


def _surroundings(folder: Path, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the environment of a tool of this installation must have."""
    found = settings.environment(folder / SETTINGS, environ)
    path = found.get("PATH", environ.get("PATH", os.defpath))
    if str(folder / "bin") not in path.split(os.pathsep):
        found["PATH"] = os.pathsep.join([str(folder / "bin"), path])
    for variable, product in PRODUCTS.items():
        if product in folder.parts:
            found.setdefault(variable, str(folder))
    return tuple(sorted(found.items()))
