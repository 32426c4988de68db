"""Every command and option of every script that is rendered exists in the tool it is for."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from bitwright import design, plan

from tests.blockdesign.vivado_help import faults

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "hls" / "golden"
TARGETS = ("kv260", "pynq-z2", "u280", "u280-xrt", "u55c-xrt", "zcu104")


@cache
def scripts(target: str) -> dict[str, str]:
    """All Tcl of a build, by step and file name."""
    steps = plan.plan(design.load("tiny", target=target, root=ROOT), {})
    return {
        f"{step.name}/{name}": text
        for step in steps
        for name, text in step.scripts
        if name.endswith(".tcl")
    }


@pytest.fixture(params=TARGETS)
def built(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(ROOT)
    return scripts(request.param)


def test_every_command_and_option_of_a_build_exists(built: dict[str, str]) -> None:
    assert built
    assert {name: found for name, text in built.items() if (found := faults(text))} == {}


def test_tclint_finds_nothing_in_the_scripts_of_a_build(
    built: dict[str, str], tmp_path: Path
) -> None:
    for name, text in built.items():
        (tmp_path / name.replace("/", "-")).write_text(text, encoding="utf-8")
    tclint = Path(sys.prefix, "bin", "tclint")
    done = subprocess.run([tclint, "."], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("path", sorted(GOLDEN.rglob("*.tcl")), ids=lambda path: path.parent.name)
def test_every_command_and_option_of_an_hls_script_exists(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8"), hls=True) == []


# --- the checker itself ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("create_bd_cel x", "there is no command create_bd_cel"),
        ("create_bd_cell -refrence x a", "create_bd_cell has no option -refrence"),
        ("get_bd_cells -qu x", None),
        ("launch_runs -p 3 x", "launch_runs has more than one option -p"),
        ("set_property -name a -value b -objects c", None),
        ("set_property -dict [list CONFIG.A -1] [get_bd_cells x]", None),
        ("launch_runs impl_1 -jobs", "launch_runs -jobs lacks its value"),
        ("validate_bd_design now", "validate_bd_design takes 0 words besides its options, not 1"),
        ("validate_bd_design {*}$options", None),
        ("if {[nosuch]} {}", "there is no command nosuch"),
        ("proc p {} {nosuch}", "there is no command nosuch"),
        ("proc mine {} {}\nnamespace eval a {mine}", None),
        ("catch {nosuch} why", "there is no command nosuch"),
    ],
)
def test_a_command_or_option_that_is_not_there_is_found(script: str, fault: str | None) -> None:
    found = [text.partition(": ")[2] for text in faults(script)]
    assert found == ([fault] if fault else [])


def test_a_fault_names_the_line_of_its_command() -> None:
    assert faults("puts a\n\nnosuch") == ["line 3: there is no command nosuch"]
