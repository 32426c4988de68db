"""A small project of its own for each test: a toy core, and FuseSoC called as anyone calls it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOY = HERE.parent / "specimens" / "toy"
VLNV = "test:lib:toy"
# what our runner prints when it runs a step, and why
RAN = re.compile(
    r"^(?P<step>Yosys synthesis|nextpnr place and route|ecppack bitstream|Edalize flow)"
    r": (?P<why>.+)$",
    re.MULTILINE,
)
SHORT = {
    "Yosys synthesis": "synthesize",
    "nextpnr place and route": "implement",
    "ecppack bitstream": "bitstream",
    "Edalize flow": "flow",
}


@dataclass(frozen=True, slots=True)
class Run:
    """How a call of FuseSoC ended."""

    status: int
    output: str

    @property
    def steps(self) -> list[str]:
        """The steps that ran, in order."""
        return [SHORT[match["step"]] for match in RAN.finditer(self.output)]

    @property
    def reasons(self) -> list[str]:
        return [match["why"] for match in RAN.finditer(self.output)]


class Project:
    """A folder with the toy core in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.core = root / "cores" / "toy"
        shutil.copytree(TOY, self.core)

    def command(self, target: str, *arguments: str, stages: tuple[str, ...]) -> list[str]:
        run = ["run", *stages, "--target", target, VLNV, *arguments]
        return [sys.executable, "-s", "-m", "fusesoc.main", "--cores-root", "cores", *run]

    def environment(self, **more: str) -> dict[str, str]:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        return {**os.environ, "PATH": path, **more}

    def fusesoc(
        self,
        target: str,
        *arguments: str,
        stages: tuple[str, ...] = ("--setup", "--build"),
        **environment: str,
    ) -> Run:
        done = subprocess.run(
            self.command(target, *arguments, stages=stages),
            cwd=self.root,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return Run(done.returncode, done.stdout)

    def build(self, target: str, *arguments: str, **environment: str) -> Run:
        """A build that ends well."""
        run = self.fusesoc(target, *arguments, **environment)
        assert run.status == 0, run.output
        return run

    def work(self, target: str) -> Path:
        return self.root / "build" / "test_lib_toy_1.0" / target

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace text in a file of the core, which must be there once."""
        path = self.core / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    yield Project(tmp_path / "project")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Project]:
    yield Project(tmp_path / "another" / "folder" / "with a space")
