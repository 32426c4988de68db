"""What a target names in bd/ is there, and its part is the board's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import board, elaborate, onboard
from bitwright.errors import ConfigError

ROOT = Path(__file__).parents[2]


def edited(tmp_path: Path, old: str, new: str) -> design.Target:
    """The target u280 with a line of its file changed, in a tree with boards and designs."""
    shutil.copytree(ROOT / "bd", tmp_path / "bd")
    (tmp_path / "configs/targets").mkdir(parents=True)
    text = (ROOT / "configs/targets/u280.yml").read_text()
    assert old in text
    (tmp_path / "configs/targets/u280.yml").write_text(text.replace(old, new))
    return design.read_target("u280", tmp_path)


@pytest.mark.parametrize("name", [path.stem for path in (ROOT / "bd/boards").glob("*.yml")])
def test_every_board_says_its_part(name: str):
    assert board.read(name, ROOT).part


def test_a_board_that_is_not_there_is_told_at_the_line_of_the_target(tmp_path: Path):
    target = edited(tmp_path, "hardware: u280", "hardware: u2800")
    says = r"configs/targets/u280.yml:6: hardware: no 'u2800' in bd/boards/; did you mean 'u280'"
    with pytest.raises(ConfigError, match=says):
        onboard.hardware(target, tmp_path)


def test_a_block_design_that_is_not_there_is_told_at_the_line_of_the_target(tmp_path: Path):
    target = edited(tmp_path, "block_design: alveo", "block_design: alvio")
    asked = replace(design.load("tiny", target="u280", root=ROOT), target=target)
    says = r"configs/targets/u280.yml:5: block_design: no 'alvio' in bd/; did you mean 'alveo'"
    with pytest.raises(ConfigError, match=says):
        elaborate.of(asked, tmp_path)


def test_a_part_that_the_board_has_not_is_told_at_the_line_of_the_target(tmp_path: Path):
    target = edited(tmp_path, "xcu280-fsvh2892-2L-e", "xcu55c-fsvh2892-2L-e")
    says = r"u280.yml:3: part: xcu55c-fsvh2892-2L-e is not the part of bd/boards/u280.yml"
    with pytest.raises(ConfigError, match=says):
        onboard.hardware(target, tmp_path)


@pytest.mark.parametrize(
    "standard",
    ["LVCMOS18", "LVDS", "LVDS_25", "SSTL15", "DIFF_SSTL12", "POD12_DCI", "DIFF_POD12", "TMDS_33"],
)
def test_a_standard_that_devices_have_is_read(standard: str):
    found = board.parse(f"board: B\npins:\n  a: {{pin: A1, standard: {standard}}}\n", "b.yml")
    assert found.pins[0].standard == standard


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("a: {pin: A1}\n  b: {pin: A1}", r"b.yml:4: b: pin A1 is that of a"),
        ("a: {pin: A1, standard: LVCMOS19}", r"b.yml:3: standard: expected an I/O standard"),
        ("a: {pin: A1, standard: lvds}", r"b.yml:3: standard: expected an I/O standard"),
    ],
)
def test_a_pin_that_two_ports_have_or_of_no_standard_is_a_fault(rows: str, says: str):
    with pytest.raises(ConfigError, match=says):
        board.parse(f"board: B\npins:\n  {rows}\n", "b.yml")
