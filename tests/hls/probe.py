"""Compiles a program of probes/ against the kernels' headers, with sanitizers, and runs it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bitwright.hls import csim

ROOT = Path(__file__).parents[2]
INCLUDES = [ROOT / "ip/open/include", ROOT / "ip/common/include", ROOT / "ip/ffn"]


@dataclass(frozen=True, slots=True)
class Probe:
    """A compiled program of probes/, and what the compiler said."""

    program: Path
    warnings: str

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self.program, *arguments], input=stdin, capture_output=True, check=False
        )

    def __call__(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """What it writes; a sanitizer's complaint fails."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


def compile_probe(name: str, folder: Path) -> Probe:
    source = str(ROOT / f"tests/hls/probes/{name}.cpp")
    said = ""
    for command in (
        csim.compiler(source, map(str, INCLUDES), csim.SANITIZED),
        csim.linker([f"{name}.o"], csim.SANITIZED),
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said += done.stderr
    return Probe(Path(os.fspath(folder), csim.PROGRAM), said)
