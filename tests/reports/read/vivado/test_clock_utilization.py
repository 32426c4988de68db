"""Clock utilization: primitives, clocks and regions of every layout, by their headings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.clock_utilization import (
    ClockUtilization,
    parse_clock_utilization,
)

from tests.reports.read.corpus import readings

ORIGIN = Path("clock_utilization.rpt")
OLD, NEW = "vivado-2015.3/clock_utilization.rpt", "vivado-2022.2/clock_utilization.rpt"


def read(text: str) -> ClockUtilization:
    return parse_clock_utilization(text, origin=ORIGIN)


def test_primitives_say_how_many_there_are(specimen):
    new = read(specimen(NEW)).primitives[0]
    assert (new.type, new.used, new.available, new.fixed) == ("BUFGCTRL", 1, 32, 0)
    assert read(specimen(OLD)).primitives[0].type == "BUFG"


def test_clock_has_its_buffer_period_and_loads(specimen):
    (new,) = read(specimen(NEW)).global_clocks
    assert (new.id, new.clock, new.period_ns, new.loads, new.net) == (
        "g0",
        "clk",
        10.0,
        2048,
        "clk_i_IBUF_BUFG",
    )
    (old,) = read(specimen(OLD)).global_clocks
    assert (old.id, old.loads, old.driver_pin, old.period_ns) == ("1", 2048, "clk_BUFG_inst", None)


@pytest.mark.parametrize("name", [OLD, NEW])
def test_region_names_each_resource_by_both_lines_of_its_heading(specimen, name):
    regions = {one.name: one.resources for one in read(specimen(name)).regions}
    assert (regions["X1Y0"]["FF"].used, regions["X1Y0"]["FF"].available) == (2048, 2500)
    assert regions["X1Y0"]["RAMB36"].used == 11
    assert list(regions["X0Y0"]) == ["Global Clock", "FF", "RAMB36"]


def test_every_other_table_stands_as_printed(specimen):
    tables = read(specimen(NEW)).tables
    assert [(one.section, one.columns[1]) for one in tables] == [
        ("4", "X0"),
        ("5", "Clock"),
        ("5", "X0"),
    ]
    assert tables[1].rows == (("g0", "clk", "10.000", "{0.000 5.000}", "2048"),)


def test_count_that_is_none_is_refused_by_its_line(specimen):
    text = specimen(NEW).replace("| BUFGCTRL |    1 |", "| BUFGCTRL |    x |")
    with pytest.raises(ReportError, match=r"rpt:\d+: 'Used' holds no number"):
        read(text)


def test_section_of_old_tools_may_be_empty(specimen):
    assert not read(specimen(OLD)).incomplete


def test_every_real_report_has_its_clocks_and_regions():
    for entry, text, found in readings("clock_utilization"):
        ids = set(re.findall(r"^\| (g\d+) ", text, re.M))
        if found.version != "2015.3":
            assert {one.id for one in found.global_clocks} == ids, entry.path
        named = set(re.findall(r"^\| (X\d+Y\d+) ", text, re.M))
        assert {one.name for one in found.regions} == named
        used = {one.type: one.used for one in found.primitives}
        for kind, number in re.findall(r"^\| (BUFG\w*|MMCM|PLL) +\| +(\d+) \| +\d+ \|", text, re.M):
            assert used[kind] == int(number)
