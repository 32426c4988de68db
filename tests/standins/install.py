"""Puts the stand-ins into a folder of programs, under the names of the tools they stand for."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROGRAMS = {  # name -> the stand-in
    "vivado": "vivado_standin.py",
    "v++": "vpp_standin.py",
    "xclbinutil": "xclbinutil_standin.py",
    "vitis_hls": "vitis_hls_standin.py",
}


@dataclass(frozen=True, slots=True)
class Standins:
    """A folder to put on PATH."""

    folder: Path

    def behave(self, **told: Any) -> None:
        """What behaviour.json is to say from now on, and nothing counted so far: see faults.py."""
        for path in self.folder.glob("count.*"):
            path.unlink()
        (self.folder / "behaviour.json").write_text(json.dumps(told))

    def ran(self) -> list[str]:
        """The long commands that ran since the last time this was asked."""
        path = self.folder / "ran"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


def install(folder: Path, *names: str) -> Standins:
    """Stand-ins for these tools, or for all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or PROGRAMS:
        program = folder / name
        line = f'exec "{sys.executable}" -P "{HERE / PROGRAMS[name]}" "{folder}" "$@"'
        program.write_text(f"#!/bin/sh\n# a stand-in of bitwright's tests for {name}\n{line}\n")
        program.chmod(0o755)
    return Standins(folder)
