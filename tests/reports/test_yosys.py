"""Yosys's cell counts are read exactly, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.open.yosys import parse_stat

TEXT = (Path(__file__).parents[1] / "specimens" / "yosys-0.70" / "stat.json").read_text()
ORIGIN = Path("stat.json")


def test_counts_version_and_top_are_read():
    netlist = parse_stat(TEXT, origin=ORIGIN)
    assert (netlist.version, netlist.top) == ("0.70", "toy")
    assert netlist.cells == {
        "CCU2C": 29,
        "DP16KD": 2,
        "LUT4": 109,
        "MULT18X18D": 4,
        "PFUMX": 3,
        "TRELLIS_FF": 155,
    }


def test_a_netlist_that_is_not_flat_is_an_error():
    stat = json.loads(TEXT)
    stat["modules"]["\\other"] = stat["modules"]["\\toy"]
    with pytest.raises(ReportError, match="not flat"):
        parse_stat(json.dumps(stat), origin=ORIGIN)


def test_counts_that_do_not_add_up_are_an_error():
    stat = json.loads(TEXT)
    stat["modules"]["\\toy"]["num_cells_by_type"]["LUT4"] += 1
    with pytest.raises(ReportError, match="303, the sum"):
        parse_stat(json.dumps(stat), origin=ORIGIN)


def test_a_report_cut_at_any_byte_is_an_error():
    for length in range(len(TEXT.rstrip())):
        with pytest.raises(ReportError):
            parse_stat(TEXT[:length], origin=ORIGIN)
