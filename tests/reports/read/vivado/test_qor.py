"""Reports on the quality of results: worst paths, levels of logic, congestion, the score."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.qor import parse_qor

from tests.reports.read.corpus import readings

HERE = Path("mill_qor.rpt")
ANALYSIS, ASSESSMENT = "vivado-2025.1/design_analysis.rpt", "vivado-2023.2/qor_assessment.rpt"
LEVELS = "vivado-2022.2/design_analysis_levels.rpt"


def read(text):
    return parse_qor(text, origin=HERE)


def test_every_column_is_a_path(specimen):
    first, second = read(specimen(ANALYSIS)).paths
    assert (first.name, first.type, first.slack_ns) == ("Path #1", "setup", -0.212)
    assert (first.logic_delay_ns, first.net_delay_ns, first.logic_levels) == (1.5, 2.62, 6)
    assert (second.slack_ns, second.routes, second.high_fanout) == (0.063, 5, 3)
    assert second.characteristics["End Point Pin"] == "out_reg[9]/D"


def test_a_number_left_open_has_its_reason(specimen):
    found = read(specimen(ANALYSIS))
    assert (found.paths[0].routes, found.score) == (None, None)
    assert found.missing["paths[].routes"] == "NA"
    assert "paths[].slack_ns" not in found.missing


def test_levels_and_congestion_are_as_printed(specimen):
    found = read(specimen(ANALYSIS))
    assert found.logic_levels[0].paths == {"0": 3, "1": 149, "4": 91, "6": 7}
    assert (found.logic_levels[1].clock, found.logic_levels[1].requirement_ns) == ("clk_io", 10)
    (window,) = found.congestion
    assert (window.stage, window.direction, window.level) == ("Placer Final", "North", 5)
    assert window.columns["Cell Names"] == "u_mill(100%)"
    assert found.notes["Router Initial Congestion"] == (
        "No effective congestion windows are found above level 5",
    )


def test_levels_alone_are_a_report(specimen):
    found = read(specimen(LEVELS))
    assert (found.paths, found.logic_levels[0].paths) == ((), {"2": 12, "3": 8})
    assert len(found.notes["Logic Level Distribution"]) == 2


def test_an_assessment_gives_its_score_and_its_tables(specimen):
    found = read(specimen(ASSESSMENT))
    assert (found.report, found.score) == ("qor_assessment", 4)
    assert found.tables[1].rows[3] == ("WNS", "0.000", "-0.212", "-", "-", "REVIEW")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("| -0.212 ", "| -0.2l2 ", "a characteristic of 'Path #1'"),
        ("| 149 |", "| 1a9 |", "the logic levels"),
        ("worst 1000 paths", "worst 100 paths", "too many paths"),
        ("2. Logic Level Distribution\n---", "2. Logic Level Distraction\n---", "damaged|missing"),
    ],
)
def test_a_damaged_report_is_refused_with_the_reason(specimen, old, new, problem):
    text = specimen(ANALYSIS)
    assert old in text
    with pytest.raises(ReportError, match=problem):
        read(text.replace(old, new))


def test_real_reports_agree_with_themselves():
    for _, text, found in readings("qor"):
        assert len(found.paths) == len(re.findall(r"Path #\d", text))
        for one in found.paths:
            total = one.logic_delay_ns + one.net_delay_ns
            assert total == pytest.approx(one.path_delay_ns, abs=0.0015)
        total = sum(sum(row.paths.values()) for row in found.logic_levels)
        assert total == int(re.search(r"top worst (\d+) paths", text)[1])
