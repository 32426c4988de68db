"""Power: the numbers as printed, what is not a number said to be none, and sums that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.kind import HEAD
from bitwright.reports.read.vivado.power import KIND, Power, parse_power
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.corpus import readings
from tests.reports.read.vivado import drawing

ORIGIN = Path("power.rpt")
OLD, HBM = "vivado-2015.3/power.rpt", "vivado-2023.2/power_hbm.rpt"


def read(text: str) -> Power:
    return parse_power(text, origin=ORIGIN)


def test_summary_stands_as_printed(specimen):
    found = read(specimen(OLD))
    assert (found.total_on_chip_w, found.dynamic_w, found.static_w) == (0.345, 0.225, 0.12)
    assert (found.junction_temperature_c, found.effective_tja_c_per_w, found.confidence) == (
        29.0,
        11.5,
        "Low",
    )
    matched = found.nets_matched
    assert matched is not None
    assert (matched.matched, matched.total) == (308, 1667)
    assert found.environment["Ambient Temp (C)"] == "25.0"
    assert found.settings["Simulation Activity File"] == "matvec.saif"


def test_power_of_memory_on_the_package_is_apart(specimen):
    found = read(specimen(HBM))
    assert (found.total_on_chip_w, found.fpga_w, found.hbm_w) == (37.476, 26.38, 11.096)
    assert found.remarks == {"total_on_chip_w": "Junction temp exceeded!"}


def test_what_the_tool_left_open_is_null_with_its_reason(specimen):
    found = read(specimen(HBM))
    assert (found.design_power_budget_w, found.power_budget_margin_w) == (None, None)
    assert found.missing["design_power_budget_w"] == "Unspecified"
    assert found.missing["max_ambient_c"] == "NA"
    assert "no line" in read(specimen(OLD)).missing["hbm_w"]


def test_power_below_what_is_printed_is_no_number(specimen):
    rows = {one.name: one for one in read(specimen(OLD)).components}
    assert (rows["CARRY4"].power_w, rows["CARRY4"].below_w) == (None, 0.001)
    assert (rows["Clocks"].power_w, rows["Clocks"].below_w, rows["Clocks"].available) == (
        0.01,
        None,
        None,
    )
    assert (rows["LUT as Logic"].depth, rows["Block RAM"].used) == (1, 12.5)


def test_supplies_clocks_and_instances_are_there(specimen):
    found = read(specimen(HBM))
    assert [(one.name, one.total_a, one.budget_a) for one in found.supplies] == [
        ("Vccint", 30.1, None),
        ("Vccaux", 0.278, 3.0),
    ]
    old = read(specimen(OLD))
    assert [(one.name, one.domain, one.period_ns) for one in old.clocks] == [("clk", "clk_i", 5.0)]
    assert [(one.path, one.power_w) for one in old.hierarchy] == [
        ("matvec_top", 0.225),
        ("matvec_top/u_array", 0.22),
        ("matvec_top/u_array/u_row", None),
        ("matvec_top/u_buffer", 0.005),
    ]
    assert [one.level for one in old.confidence_by_input] == ["High", "Low", "Low"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("| 0.120 ", "| 0.130 ", "dynamic and static power together contradict"),
        (
            "| Total          |     0.345",
            "| Total          |     0.355",
            "components' total is not",
        ),
        ("     0.113", "     0.123", "the total is not the sum"),
        ("| 0.345 ", "| 0,345 ", "holds no number"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(specimen, old, new, problem):
    text = specimen(OLD)
    assert old in text
    with pytest.raises(ReportError, match=problem):
        read(text.replace(old, new, 1))


def test_summary_may_say_more_than_the_components_as_a_real_one_does(specimen):
    text = specimen(OLD).replace("| 0.345 ", "| 0.358 ", 1).replace("| 0.225 ", "| 0.238 ", 1)
    found = read(text)
    assert (found.total_on_chip_w, found.dynamic_w) == (0.358, 0.238)
    assert [one.power_w for one in found.components if one.name == "Total"] == [0.345]


def test_report_is_known_by_its_title_where_the_command_is_blank(specimen):
    assert re.search(r"^\| Command +: $", specimen(OLD), re.M)
    assert KIND.claims(specimen(OLD)[:HEAD])


@given(
    st.decimals(0, 500, places=3),
    st.decimals(0, 500, places=3),
    st.lists(st.decimals(0, 9, places=3)),
)
def test_every_report_that_is_drawn_is_read_number_by_number(dynamic, static, parts):
    summary = [("Total On-Chip Power (W)", f"{dynamic + static}")]
    summary += [("Dynamic (W)", f"{dynamic}"), ("Device Static (W)", f"{static}")]
    rows = [[f"part {n}", str(part)] for n, part in enumerate(parts)]
    sections = [
        ("1. Summary", drawing.labels(summary)),
        ("1.1 On-Chip Components", drawing.table(["On-Chip", "Power (W)"], rows)),
    ]
    text = drawing.report("Power Report", "report_power", sections, version="2024.1", part="x")
    found = read(text)
    assert (found.total_on_chip_w, found.dynamic_w, found.static_w) == (
        float(dynamic + static),
        float(dynamic),
        float(static),
    )
    assert [one.power_w for one in found.components] == [float(part) for part in parts]


def test_every_real_report_is_read_as_a_second_reading_by_pattern_reads_it():
    for entry, text, found in readings("power"):
        for field, label in (
            ("total_on_chip_w", "Total On-Chip Power (W)"),
            ("dynamic_w", "Dynamic (W)"),
            ("static_w", "Device Static (W)"),
            ("junction_temperature_c", "Junction Temperature (C)"),
        ):
            row = re.search(rf"^\| {re.escape(label)} +\| ([\d.]+) ", text, re.M)
            assert row is not None
            assert getattr(found, field) == float(row[1]), (entry.path, field)
        rows = text[text.rindex("3.1 By Hierarchy") :].count("\n| ") - 1
        assert len(found.hierarchy) == rows
