"""The hardware of a board: banks, presets, pins, and every fault of a file in one pass."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import board
from bitwright.blockdesign.model import Place
from bitwright.errors import ConfigError
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("BITWRIGHT_IP_CORPUS") or ROOT.parent / "shared/corpus/ip") / "hwh"
WRITTEN = {  # what Vivado wrote for designs on boards of ours
    "kv260": "Risamp__ELEN90096-Group-2__deployment-srcnn.hwh",
    "pynq-z2": "asandeep1__FPGA_ECE8893__hdl-design_1.hwh",
}
BOARDS = sorted(path.stem for path in (ROOT / "bd/boards").glob("*.yml"))
TARGETS = [
    found
    for found in (design.read_target(name, ROOT) for name in design.names(ROOT, "configs/targets"))
    if found.hardware
]


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        board.parse(text, "b.yml")
    return str(caught.value).splitlines()


def test_every_target_of_amds_tools_names_hardware_and_a_design_that_are_there():
    assert {t.hardware for t in TARGETS} == set(BOARDS)
    for target in TARGETS:
        assert (ROOT / "bd" / f"{target.block_design}.yml").is_file()
    assert len(TARGETS) == len(design.names(ROOT, "configs/targets")) - 1  # but the open one


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_memory_of_a_target_is_whole_banks_that_do_not_overlap(target):
    banks = board.read(target.hardware, ROOT).banks(target.memory_mib)
    assert sum(bank.range for bank in banks) == target.memory_mib << 20
    ends = [(bank.offset, bank.offset + bank.range) for bank in banks]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ends))
    assert all(bank.offset % bank.range == 0 for bank in banks)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_preset_says_what_vivado_wrote_for_a_design_on_that_board(name):
    path = CORPUS / WRITTEN[name]
    if not path.is_file():
        pytest.skip(f"no {path.name} in {CORPUS}; set BITWRIGHT_IP_CORPUS to a folder with hwh/")
    written = dict(re.findall(r'NAME="(P[CS][WU]_[^"]*)" VALUE="([^"]*)"', path.read_text()))
    ours = dict(board.read(name, ROOT).presets["processor"])
    assert {key: written.get(key) for key in ours} == ours


def test_a_memory_of_no_whole_banks_is_refused():
    with pytest.raises(ConfigError, match=r"u280.yml:1: memory: no whole banks make 300 MiB"):
        board.read("u280", ROOT).banks(300)
    with pytest.raises(ConfigError, match="no whole banks make 16384 MiB"):
        board.read("u280", ROOT).banks(16384)


def test_one_row_of_a_preset_stands_for_many_parameters():
    row = "{value: slow, each: [1, [3, 4]]}"
    found = board.parse(f'board: B\npresets: {{p: {{"M_{{n}}_S": {row}, X: 2}}}}', "b.yml")
    assert found.presets["p"] == (
        ("M_1_S", "slow"),
        ("M_3_S", "slow"),
        ("M_4_S", "slow"),
        ("X", "2"),
    )


def test_a_preset_that_the_board_has_not_is_told_with_the_place_that_asks():
    found = board.parse("board: B\npresets: {processor: {A: 1}}", "b.yml")
    with pytest.raises(
        ConfigError, match=r"bd/z.yml:7: preset: no 'procesor' in b.yml; did you mean"
    ):
        found.preset("procesor", Place("bd/z.yml", 7))


def test_all_faults_of_a_board_are_told_in_one_pass():
    found = faults(
        "board: B\n"
        "memory: {M: {offset: x, range: 1M}, N: {offset: 0, range: 1M, count: 2}}\n"
        "clocks: {c: fast}\n"
        "pins: {p: {pin: 12}, q: {ball: A1}}\n"
        "configuration: {A: [1]}\n"
        "slrs: 9\n"
    )
    told = ("offset", "2 banks of one name", "c: expected a number", "pin: expected", "unknown key")
    for text in (*told, "A: expected one value", "slrs: expected"):
        assert any(text in line for line in found), (text, found)
    assert all(line.startswith("b.yml:") for line in found)


@given(st.text(alphabet="abc:{}[]\n -01xKM,'\"&*", max_size=80))
def test_damaged_text_is_a_config_error_with_a_line_and_nothing_else(text):
    try:
        board.parse("board: B\n" + text, "b.yml")
    except ConfigError as error:
        assert all(line.startswith(("b.yml:", "  ")) for line in str(error).splitlines())
