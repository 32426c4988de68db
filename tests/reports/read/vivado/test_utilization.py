"""Flat utilization: every table as printed, one set of names, and no contradiction passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.kind import values
from bitwright.reports.read.vivado.utilization import Utilization, parse_utilization
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.corpus import readings
from tests.reports.read.vivado import drawing

ORIGIN = Path("utilization.rpt")
SPECIMENS = (
    "vivado-2013.4/utilization.rpt",
    "vivado-2022.2/utilization.rpt",
    "vivado-2024.1/utilization_slr.rpt",
    "vivado-2024.2.1/utilization_versal.rpt",
)


def read(text: str) -> Utilization:
    return parse_utilization(text, origin=ORIGIN)


def used(found: Utilization) -> dict[str, float | None]:
    return {name: one["used"] for name, one in values(found)["resources"].items()}


def test_command_tells_what_part_of_the_design_the_numbers_are_of(specimen):
    text = specimen("vivado-2022.2/utilization.rpt")
    cells = text.replace("report_utilization", "report_utilization -pblocks [get_pblocks left]")
    assert read(cells).command.startswith("report_utilization -pblocks [get_pblocks left] ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (SPECIMENS[0], (218, 292, 0, None, 0, 91)),
        (SPECIMENS[1], (1203, 2048, 25, None, 64, 17)),
        (SPECIMENS[2], (30000, 50000, 133, 32, 1024, 4)),
        (SPECIMENS[3], (17535, 60653, 18, 192, 1024, None)),
    ],
)
def test_every_family_of_parts_has_its_resources_under_the_same_names(specimen, name, expected):
    found = read(specimen(name))
    assert tuple(used(found).values()) == expected


def test_half_a_tile_of_block_ram_is_one_of_18_kbit(specimen):
    bram = read(specimen(SPECIMENS[1])).resources.bram_18k
    assert (bram.used, bram.available) == (25, 280)


def test_resource_the_part_has_not_is_null_with_its_reason(specimen):
    found = read(specimen(SPECIMENS[1]))
    assert found.resources.uram.used is None
    assert "URAM" in found.missing["resources.uram.used"]
    assert "resources.dsp.used" not in found.missing


def test_rows_stand_as_printed_with_their_depth(specimen):
    found = read(specimen(SPECIMENS[1]))
    logic = found.sections[0]
    assert (logic.section, logic.title, len(found.sections)) == ("1", "Slice Logic", 7)
    assert [(row.name, row.depth) for row in logic.rows[:4]] == [
        ("Slice LUTs", 0),
        ("LUT as Logic", 1),
        ("LUT as Memory", 1),
        ("LUT as Distributed RAM", 2),
    ]
    row = logic.rows[0]
    assert (row.used, row.fixed, row.prohibited, row.available, row.percent) == (
        1203,
        0,
        0,
        53200,
        2.26,
    )
    assert (logic.rows[3].available, logic.rows[3].percent) == (None, None)


def test_2013_spells_fixed_otherwise_and_has_no_prohibited(specimen):
    row = read(specimen(SPECIMENS[0])).sections[0].rows[0]
    assert (row.name, row.used, row.fixed, row.prohibited) == ("Slice LUTs", 218, 0, None)


def test_share_printed_as_a_bound_is_computed(specimen):
    rows = {row.name: row for row in read(specimen(SPECIMENS[2])).sections[0].rows}
    assert rows["Register as AND/OR"].percent == pytest.approx(100 * 5 / 1743360)


def test_cells_registers_and_netlists_are_counted(specimen):
    found = read(specimen(SPECIMENS[1]))
    assert [(cell.name, cell.used) for cell in found.netlists] == [
        ("matvec_buffer_0", 1),
        ("matvec_mul_0", 64),
    ]
    assert found.black_boxes == ()
    assert found.primitives[0].category == "Flop & Latch"
    assert {
        (r.clock_enable, r.asynchronous, r.synchronous): r.total for r in found.registers_by_type
    }["Yes", "Reset", ""] == 136
    assert read(specimen(SPECIMENS[0])).black_boxes[0].used == 2


def test_dies_have_their_rows_and_crossings(specimen):
    dies = read(specimen(SPECIMENS[2])).slr
    assert dies is not None
    assert [(one.name, one.used) for one in dies.crossings] == [
        ("SLR1 <-> SLR0", 1300),
        ("SLR0 -> SLR1", 700),
        ("SLR1 -> SLR0", 600),
    ]
    assert (dies.crossings_used, dies.matrix["SLR0"]["SLR1"]) == (1300, 700)
    rows = {row.name: row for row in dies.rows}
    assert rows["Block RAM Tile"].used == {"SLR0": 60, "SLR1": 6.5}
    assert rows["DSPs"].percent == {"SLR0": 33.6, "SLR1": 0.81}
    assert dies.io["SLR0"]["Used IOBs"] == 4
    assert read(specimen(SPECIMENS[1])).slr is None


def test_crossings_that_do_not_add_up_are_refused(specimen):
    text = specimen(SPECIMENS[2]).replace(
        "| Total SLLs Used       | 1300", "| Total SLLs Used       | 1301"
    )
    with pytest.raises(ReportError, match="not the sum of the crossings"):
        read(text)


@pytest.mark.parametrize("share", ["29.09", "32.00", "26.67"])  # of 220, 220 - 20, 220 + 20
def test_share_may_leave_out_the_sites_that_are_prohibited(specimen, share):
    text = specimen(SPECIMENS[1]).replace(
        "|   64 |     0 |          0 |       220 | 29.09 |",
        f"|   64 |     0 |         20 |       220 | {share} |",
    )
    assert read(text).resources.dsp.used == 64


def test_share_that_is_not_that_of_its_numbers_is_refused(specimen):
    text = specimen(SPECIMENS[1]).replace(
        "|   64 |     0 |          0 |       220", "|   65 |     0 |          0 |       220"
    )
    with pytest.raises(ReportError, match="'DSPs' contradicts itself"):
        read(text)


def test_luts_that_are_not_the_sum_of_their_parts_are_refused(specimen):
    text = specimen(SPECIMENS[1]).replace(
        "| Slice LUTs*                | 1203", "| Slice LUTs*                | 1202"
    )
    with pytest.raises(ReportError, match="'Slice LUTs' is not its parts' sum"):
        read(text)


def test_number_the_tool_left_open_is_null_with_what_it_printed(specimen):
    text = specimen(SPECIMENS[1]).replace(
        "| Slice                  |  611", "| Slice                  |  N/A"
    )
    found = read(text)
    assert found.sections[1].rows[0].used is None
    assert found.missing["sections.Slice.used"] == "N/A"


def test_report_without_one_known_row_is_refused():
    parts = [
        (
            "1. Slice Logic",
            drawing.table(["Site Type", "Used", "Available", "Util%"], [["Cells", "1", "", ""]]),
        )
    ]
    text = drawing.report(
        "Utilization Design Information", "report_utilization", parts, version="2024.1", part="x"
    )
    with pytest.raises(ReportError, match="no row of this report is a known resource"):
        read(text)


def test_share_of_what_a_pblock_has_none_of_is_left_open():
    head = ["Site Type", "Parent", "Child", "Non-Assigned", "Used", "Fixed", "Available", "Util%"]
    rows = [
        ["CLB LUTs", "120", "0", "30", "150", "0", "3200", "4.69"],
        ["DSPs", "12", "0", "0", "12", "0", "0", "-NA-"],
    ]
    parts = [("1. CLB Logic", drawing.table(head, rows))]
    title, command = "Utilization Design Information", "report_utilization -pblocks [get_pblocks]"
    text = drawing.report(title, command, parts, version="2024.1", part="x")
    found = read(text)
    assert (found.resources.lut.used, found.resources.lut.available) == (150, 3200)
    assert (found.resources.dsp.used, found.sections[0].rows[1].percent) == (12, None)
    assert found.missing["sections.DSPs.percent"] == "-NA-"
    with pytest.raises(ReportError, match="'CLB LUTs' contradicts itself"):
        read(text.replace("4.69", "-NA-"))


COUNTS = st.integers(0, 10**6)


@given(st.tuples(COUNTS, COUNTS), st.integers(0, 10**4).map(lambda n: n / 2), COUNTS, COUNTS)
def test_every_report_that_is_drawn_is_read_number_by_number(luts, tiles, dsps, available):
    logic, memory = luts
    rows = [
        ["CLB LUTs*", str(logic + memory), "", ""],
        ["  LUT as Logic", str(logic), "", ""],
        ["  LUT as Memory", str(memory), "", ""],
        ["Block RAM Tile", f"{tiles:g}", "", ""],
        ["DSPs", str(dsps), str(available), f"{100 * dsps / available if available else 0:.2f}"],
    ]
    if 0 < dsps < 0.005 * available / 100:
        rows[-1][-1] = "<0.01"
    table = drawing.table(["Site Type", "Used", "Available", "Util%"], rows)
    text = drawing.report(
        "Utilization Design Information",
        "report_utilization",
        [("1. CLB Logic", table)],
        version="2024.1",
        part="x",
    )
    found = read(text).resources
    assert (found.lut.used, found.bram_18k.used) == (logic + memory, 2 * tiles)
    assert (found.dsp.used, found.dsp.available) == (dsps, available)


def test_every_real_report_is_read_as_a_second_reading_by_pattern_reads_it():
    for entry, text, found in readings("utilization"):
        for name, label in (
            ("lut", r"(?:Slice|CLB) LUTs"),
            ("ff", r"(?:Slice|CLB) Registers"),
            ("bram_18k", "Block RAM Tile"),
            ("dsp", "DSPs"),
            ("uram", "URAM"),
            ("io", "Bonded IOB"),
        ):
            row = re.search(rf"^\| {label}\*? +\| +([\d.]+) \|.* (\d+) \| +\S+ \|$", text, re.M)
            scale = 2 if name == "bram_18k" else 1
            expected = (float(row[1]) * scale, float(row[2]) * scale) if row else (None, None)
            amount = getattr(found.resources, name)
            assert (amount.used, amount.available) == expected, (entry.path, name)


def test_report_cut_between_parts_keeps_what_stands_above_the_cut(specimen):
    text = specimen(SPECIMENS[1])
    found = read(text[: text.index("|   LUT as Memory")])
    assert (found.resources.lut.used, found.resources.ff.used) == (1203, None)
    assert "breaks off" in found.missing["resources.ff.used"]
    assert found.incomplete
