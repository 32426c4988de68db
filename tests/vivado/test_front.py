"""`plan`, `why` and a build for an AMD part on a machine that has none of AMD's tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vivado import plans

COPIED = ("bd", "configs", "cores", "flows", "ip")
FILES = ("dodo.py", "pyproject.toml", "requirements.lock")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project without what was built, in a folder of its own."""
    folder = tmp_path_factory.mktemp("clone")
    for name in COPIED:
        shutil.copytree(
            plans.ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in FILES:
        shutil.copy(plans.ROOT / name, folder)
    return folder


def doit(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("XILINX")
    }
    return subprocess.run(
        [sys.executable, "-m", "doit", *words],
        cwd=clone,
        env={**environment, "PATH": "/usr/bin:/bin", "BITWRIGHT_MACHINE": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(autouse=True)
def without_tools() -> None:
    for name in ("vivado", "v++", "vitis_hls", "vitis-run"):
        if shutil.which(name, path="/usr/bin:/bin"):
            pytest.skip(f"{name} is installed for everyone here")


def test_a_plan_shows_every_step_although_no_tool_is_there(clone: Path):
    done = doit(clone, "plan", "config=tiny", "target=u280")
    assert done.returncode == 0, done.stderr
    for name in ("preflight", "package-matmul", "hls-ffn", "block_design", "implement", "report"):
        assert f" {name} " in done.stdout
    assert "waits for ip_synth" in done.stdout


def test_why_explains_a_step_although_no_tool_is_there(clone: Path):
    done = doit(clone, "why", "block_design", "config=tiny", "target=u280")
    assert done.returncode == 0, done.stderr
    assert "block_design: waits for ipx-matmul" in done.stdout
    assert "block design alveo" in done.stdout


def test_a_build_says_what_is_missing_and_what_works_without(clone: Path):
    done = doit(clone, "bitstream", "config=tiny", "target=u280-xrt")
    assert done.returncode == 2
    assert "needs vivado, v++, xclbinutil: not found on PATH" in done.stderr
    assert "without them: ./doit check config=tiny target=u280-xrt; likewise plan" in done.stderr
    assert not (clone / "build" / "tiny").exists()
