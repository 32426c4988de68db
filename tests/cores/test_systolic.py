"""The systolic array's cocotb tests, as any FuseSoC user runs them, for several sizes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def fusesoc(target: str, folder: Path, *parameters: str) -> subprocess.CompletedProcess[str]:
    command = (str(Path(sys.executable).with_name("fusesoc")), "run", "--target", target)
    where = ("--build-root", str(folder), "bitwright:rtl:systolic")
    return subprocess.run((*command, *where, *parameters), cwd=ROOT, text=True, capture_output=True)


@pytest.mark.parametrize(("rows", "cols"), [(8, 8), (3, 5), (1, 1)])
def test_every_sum_is_exact_and_in_its_cycle(rows: int, cols: int, tmp_path: Path) -> None:
    ran = fusesoc("sim", tmp_path, f"--Rows={rows}", f"--Cols={cols}")
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    passed = re.search(r"TESTS=(\d+) PASS=(\d+) FAIL=0", ran.stdout + ran.stderr)
    assert passed and int(passed[2]) >= 15


def test_an_array_without_rows_is_refused_at_elaboration(tmp_path: Path) -> None:
    ran = fusesoc("sim", tmp_path, "--Rows=0")
    assert ran.returncode != 0
    assert "Rows = 0, Cols = 8; both are at least 1" in ran.stdout + ran.stderr


def test_linters_find_nothing(tmp_path: Path) -> None:
    ran = fusesoc("lint", tmp_path)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
