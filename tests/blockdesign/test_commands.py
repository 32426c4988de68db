"""Every command and option of every script that is rendered exists in the tool it is for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import catalogue, elaborate, tcl

from tests.blockdesign.vivado_help import faults

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "hls" / "golden"
DESIGNS = [("gpt2-medium", "zcu104"), ("gpt2-medium", "kv260"), ("tiny", "pynq-z2")]
DESIGNS += [("gpt2-medium", "u280")]


@cache
def rendered(config: str, target: str) -> str:
    """The block design of a config as Tcl."""
    made = design.load(config, target=target, root=ROOT)
    kernels = (kernel for _, kernel in elaborate.kernels(made))
    known = catalogue.load(ROOT).of_kernels(kernels)
    return tcl.render(elaborate.of(made, ROOT), catalogue=known)


@pytest.mark.parametrize(("config", "target"), DESIGNS)
def test_every_command_and_option_of_a_block_design_exists(config: str, target: str) -> None:
    assert faults(rendered(config, target)) == []


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
