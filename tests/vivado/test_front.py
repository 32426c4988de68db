"""`plan`, `why` and a build for an AMD part on a machine that has none of AMD's tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bitwright.front import planview
from bitwright.step import Step

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
    assert re.search(r" synthesize +waits for ip_synth; needs vivado +Vivado ", done.stdout)
    assert "needs" not in re.search(r" generate .*", done.stdout)[0]
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_a_plan_of_targets_whose_tools_are_all_missing_is_of_the_first(clone: Path):
    text = (clone / "configs/tiny.yml").read_text()
    (clone / "configs/amd.yml").write_text(
        text.replace("[ulx3s-85f, u280]", "[zcu104, u280]").partition("limits:")[0]
    )
    for words in (["plan"], ["why", "block_design"]):
        done = doit(clone, *words, "config=amd")
        assert done.returncode == 0, done.stderr
        assert "first target; tools missing: vivado" in done.stdout.splitlines()[0]
        assert "amd on zcu104" in done.stdout


def test_why_explains_a_step_although_no_tool_is_there(clone: Path):
    done = doit(clone, "why", "block_design", "config=tiny", "target=u280")
    assert done.returncode == 0, done.stderr
    assert "block_design: waits for ipx-matmul" in done.stdout
    assert "block design alveo" in done.stdout


def test_a_build_says_what_is_missing_and_what_works_without(clone: Path):
    done = doit(clone, "bitstream", "config=tiny", "target=u280-xrt")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert lines[0].endswith("needs vivado, v++, xclbinutil: not found")
    assert "machine.yml.example" in done.stderr and "XILINX_VIVADO" in done.stderr
    asked = "config=tiny target=u280-xrt"
    assert lines[-2:] == [
        f"  next      without them: ./doit check {asked}; likewise plan, package, hls",
        "  or        ./doit bitstream config=tiny target=ulx3s-85f, which works here",
    ]
    assert max(map(len, lines)) <= 100
    assert not (clone / "build" / "tiny").exists()


def test_a_title_stands_where_there_is_room_and_never_breaks_a_line():
    def row(name: str, title: str) -> Step:
        return Step(name, Path("build/x", name), (), (), ("python",), title=title)

    rows = [(row("a", "made"), None), (row("long", "t" * 60), "s" * 40), (row("b", "of b"), "old")]
    assert list(planview.lines(rows)) == [
        "  ✓ a     up to date  made",
        f"  → long  {'s' * 40}",
        "  → b     old         of b",
    ]


def test_a_selftest_without_vivado_has_an_exit_status_of_its_own(clone: Path):
    done = doit(clone, "vivado-selftest")
    assert done.returncode == 4, done.stderr
    assert done.stdout.startswith("nothing was compared: there is no Vivado here\nnext ")
    assert "4: there is no Vivado here" in doit(clone, "help", "vivado-selftest").stdout
