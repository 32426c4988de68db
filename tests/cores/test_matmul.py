"""The matrix engine's cocotb tests and linters, as any FuseSoC user runs them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ("--Rows=4", "--Cols=4", "--ABufBytes=8192", "--BBufBytes=8192", "--MaxBurst=4")


def fusesoc(target: str, folder: Path, *parameters: str) -> subprocess.CompletedProcess[str]:
    command = (str(Path(sys.executable).with_name("fusesoc")), "run", "--target", target)
    where = ("--build-root", str(folder), "bitwright:rtl:matmul")
    return subprocess.run((*command, *where, *parameters), cwd=ROOT, text=True, capture_output=True)


@pytest.mark.parametrize("parameters", [(), SMALL], ids=["8x8", "4x4"])
def test_products_are_bit_exact_and_control_keeps_its_promises(
    parameters: tuple[str, ...], tmp_path: Path
) -> None:
    ran = fusesoc("sim", tmp_path, *parameters)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    passed = re.search(r"TESTS=(\d+) PASS=(\d+) FAIL=0", ran.stdout + ran.stderr)
    assert passed and int(passed[2]) >= 34


@pytest.mark.parametrize(
    ("parameter", "why"),
    [
        ("--Rows=6", "Rows = 6; the panel buffers feed 4, 8 or 16 rows"),
        ("--Cols=32", "Cols = 32; the panel buffers feed 4, 8 or 16 columns"),
        ("--ABufBytes=100", "ABufBytes = 100; 8 to 65536 words of 8 bytes"),
        ("--MaxBurst=0", "MaxBurst = 0; an AXI4 INCR burst has 1 to 256 beats"),
    ],
)
def test_impossible_parameters_are_refused_at_elaboration(
    parameter: str, why: str, tmp_path: Path
) -> None:
    ran = fusesoc("sim", tmp_path, parameter)
    assert ran.returncode != 0
    assert why in ran.stdout + ran.stderr


def test_linters_find_nothing(tmp_path: Path) -> None:
    ran = fusesoc("lint", tmp_path)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
