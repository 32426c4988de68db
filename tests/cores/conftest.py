"""Cores as any FuseSoC user runs them: `fusesoc run` from the project root, nothing activated."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    status: int  # exit status of fusesoc
    text: str  # all that was printed; pytest shows it when an assertion fails


@pytest.fixture(scope="session")
def fusesoc() -> Callable[..., Ran]:
    """run(build_root, target, core, *parameters, cores=): run a target of a core."""
    # No tool of the environment is on this PATH, as when nobody activated it.
    environment = {"PATH": os.defpath, "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}

    def run(
        build_root: Path, target: str, core: str, *parameters: str, cores: Path | None = None
    ) -> Ran:
        command = [sys.executable, "-s", "-m", "fusesoc.main"]
        if cores is not None:
            command += ["--cores-root", str(cores)]
        command += ["run", "--build-root", str(build_root), "--target", target, core, *parameters]
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace"
        )
        return Ran(ended.returncode, ended.stdout + ended.stderr)

    return run
