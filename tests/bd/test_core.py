"""The system as a FuseSoC core: what plain FuseSoC makes of its targets."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from edalize.flows import board

ROOT = Path(__file__).resolve().parents[2]


def edam(work: Path, target: str, *parameters: str) -> dict[str, Any]:
    fusesoc = (sys.executable, "-s", "-m", "fusesoc.main", "run", "--setup", "--target", target)
    subprocess.run(
        (*fusesoc, "--work-root", str(work), "bitwright:system:ulx3s", *parameters),
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    found: dict[str, Any] = yaml.safe_load(next(work.glob("*.eda.yml")).read_text())
    return found


def test_the_simulation_gets_the_parameters_and_all_files_of_the_engine(tmp_path: Path) -> None:
    command = board.command(edam(tmp_path, "sim", "--Rows", "8", "--ClockMhz", "40"))
    options = dict(pairwise(command))
    assert options["--rows"] == "8" and options["--cols"] == "4"
    assert options["--a-kib"] == "16" and float(options["--clock-mhz"]) == 40
    sources = command[command.index("--source") + 1 :]
    names = [Path(name).name for name in sources]
    assert {
        "matmul.sv",
        "matmul_regs.sv",
        "mm2s.sv",
        "systolic_array.sv",
        "sdram_bridge.sv",
    } <= set(names)
    assert len(set(names)) == len(names)
    assert all((tmp_path / name).is_file() for name in sources)


def test_synthesis_gets_the_generated_system(tmp_path: Path) -> None:
    found = edam(tmp_path, "synth")
    assert found["toplevel"] == "ulx3s"
    files = {Path(file["name"]).name: file for file in found["files"]}
    for name in ("ulx3s.v", "ulx3s.lpf", "sdram_bridge.sv", "ecp5_blackboxes.sv", "matmul.sv"):
        assert (tmp_path / files[name]["name"]).is_file()
    assert files["ulx3s.lpf"]["file_type"] == "LPF"
