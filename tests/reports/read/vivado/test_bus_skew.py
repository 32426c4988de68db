"""A bus skew report gives every constraint with the two paths it compares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.bus_skew import parse_bus_skew

from tests.reports.read.corpus import readings
from tests.reports.read.vivado import drawing

HERE = Path("mill_bus_skew_routed.rpt")
SPECIMEN, NONE = "vivado-2023.2/bus_skew.rpt", "vivado-2022.2/bus_skew_none.rpt"


def read(text):
    return parse_bus_skew(text, origin=HERE)


def test_the_constraints_are_as_printed(specimen):
    found = read(specimen(SPECIMEN))
    assert (found.met, found.worst_slack_ns, found.incomplete) == (True, 3.395, "")
    rows = [(it.id, it.endpoints, it.requirement_ns, it.actual_ns) for it in found.constraints]
    assert rows == [(1, 3, 8.0, 0.55), (2, 2, 4.0, 0.605), (3, 0, 4.0, None)]
    first = found.constraints[0]
    assert first.command.startswith("set_bus_skew -from [get_cells [list {u_fifo/wr_gray_reg[0]} {")
    assert first.command.endswith("{u_fifo/wr_gray_sync_reg[0][2]}]] 8.000")
    assert "constraints[].slack_ns" in found.missing


def test_a_column_of_pblocks_changes_nothing_else(specimen):
    text = specimen(SPECIMEN)
    other = drawing.beside_pblocks(text, "pb_left")
    assert other.count("pb_left") > 3
    assert read(other) == read(text)


def test_numbers_of_fewer_digits_are_rounded_more(specimen):
    text = specimen(SPECIMEN)
    number = re.compile(r"( *)(-?(?<![\d.v])\d+\.\d{3})(?=(ns|%|\D))")

    def rounded(it: re.Match[str]) -> str:
        short = f"{float(it[2]):.2f}"
        return it[1] + (short.rjust(len(it[2])) if it[1] and it[3] != "ns" else short)

    begin = text.index("Bus Skew Report Summary")
    found = read(text[:begin] + number.sub(rounded, text[begin:]))
    assert found.worst_slack_ns == pytest.approx(read(text).worst_slack_ns, abs=0.006)
    assert len(found.constraints[0].paths) == len(read(text).constraints[0].paths)


def test_both_paths_are_read(specimen):
    path = read(specimen(SPECIMEN)).constraints[1].paths[0]
    assert (path.endpoint_source, path.reference_destination) == ("u_a_reg[1]/C", "u_b_reg[0]/D")
    assert (path.source_clock, path.destination_clock) == ("clk_a", "clk_b_with_a_long_name")
    assert (path.endpoint_delay_ns, path.reference_delay_ns, path.uncertainty_ns) == (1, 0.4, 0.055)
    assert path.endpoint.data[1].resource == "u_a_reg[1]_n"
    assert (path.reference.data_arrival_ns, path.reference.clock_arrival_ns) == (1.6, 1.2)


def test_no_constraint_is_neither_met_nor_missed(specimen):
    found = read(specimen(NONE))
    assert (found.met, found.constraints, found.incomplete) == (None, (), "")
    assert found.missing["met"] == "No bus skew constraints"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("0.605      3.395", "0.605      3.495", "is not 3.495 ns"),
        ("Slack (MET) :             3.395", "Slack (MET) :             3.385", "they disagree"),
        ("Requirement: 4.000ns", "Requirement: 5.000ns", "disagree"),
        ("Reference path:", "Other path:", "not whole"),
        ("relative delay                         1.000", "relative delay   1.001", "disagree"),
        ("data arrival  ", "data_arrival  ", "no data arrival"),
        ("  Endpoint Source:", "  Endpoint Sauce: ", "'Endpoint Source:'"),
        ("0.714", "0.7I4", "no line of a path"),
        ("Corner  Requirement", "Corner  Requirenent", "the columns are"),
    ],
)
def test_a_damaged_report_is_refused_with_the_reason(specimen, old, new, problem):
    text = specimen(SPECIMEN)
    assert old in text
    with pytest.raises(ReportError, match=re.escape(problem)):
        read(text.replace(old, new))


def test_real_reports_give_as_many_constraints_as_they_number():
    for _, text, found in readings("bus_skew"):
        assert len(found.constraints) == len(re.findall(r"^Id: ", text, re.M))
        paths = [path for it in found.constraints for path in it.paths]
        assert len(paths) == len(re.findall(r"^Slack \(", text, re.M))
        assert len(re.findall(r"^  -+    -+$", text, re.M)) == 6 * len(paths)
        slacks = [float(slack) for slack in re.findall(r"^Slack.*: +(\S+)ns", text, re.M)]
        assert found.worst_slack_ns == min(slacks, default=None)
