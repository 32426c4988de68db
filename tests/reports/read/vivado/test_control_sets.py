"""Control sets: as many in every table as the summary says."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.control_sets import ControlSets, parse_control_sets

from tests.reports.read.corpus import readings

ORIGIN = Path("control_sets.rpt")
OLD, NEW = "vivado-2016.3/control_sets.rpt", "vivado-2024.1/control_sets.rpt"


def read(text: str) -> ControlSets:
    return parse_control_sets(text, origin=ORIGIN)


@pytest.mark.parametrize("name", [OLD, NEW])
def test_every_layout_has_the_same_numbers(specimen, name):
    found = read(specimen(name))
    assert (found.total, found.unused_registers, len(found.control_sets)) == (3, 51, 3)
    assert sum(one.registers for one in found.registers) == 37


def test_fanout_is_read_as_a_range(specimen):
    new = read(specimen(NEW)).fanout
    assert [(one.least, one.most, one.count) for one in new] == [
        (0, 3, 1),
        (4, 5, 0),
        (14, 15, 1),
        (16, None, 1),
    ]
    old = read(specimen(OLD)).fanout
    assert [(one.least, one.most) for one in old] == [(3, 3), (14, 14), (16, None)]


def test_inverted_clock_is_told_from_its_name(specimen):
    one = read(specimen(NEW)).control_sets[1]
    assert (one.clock, one.inverted, one.enable, one.set_reset) == (
        "jtag/drck",
        True,
        "u_regs/E[0]",
        "",
    )
    assert (one.slices, one.cells) == (1, 3)


@pytest.mark.parametrize("name", [OLD, NEW])
def test_table_without_all_control_sets_is_refused(specimen, name):
    lines = specimen(name).splitlines(keepends=True)
    text = "".join(line for line in lines if "jtag/drck" not in line)
    with pytest.raises(ReportError, match="the detailed table has not all control sets"):
        read(text)


def test_histogram_without_all_control_sets_is_refused(specimen):
    text = specimen(NEW).replace("| >= 16              |     1 |", "| >= 16              |     2 |")
    with pytest.raises(ReportError, match="the histogram has not all control sets"):
        read(text)


def test_every_real_report_has_as_many_rows_as_lines():
    for entry, text, found in readings("control_sets"):
        detail = text[text.rindex("Detailed Control Set Information") :].split("\n\n\n")[0]
        assert len(found.control_sets) == detail.count("\n|") - 1 == found.total, entry.path
