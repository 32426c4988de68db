"""report_timing gives every path it prints, and says when it breaks off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.timing_paths import parse_timing_paths

from tests.reports.read.corpus import readings
from tests.reports.read.vivado import drawing
from tests.reports.read.vivado.test_timing_summary import path_laws

HERE = Path("mill_timing.rpt")
SPECIMEN = "vivado-2022.2/timing_paths.rpt"
UNPLACED = "vivado-2021.2/timing_paths_synthesized.rpt"


def read(text):
    return parse_timing_paths(text, origin=HERE)


def test_the_paths_are_as_printed(specimen):
    found = read(specimen(SPECIMEN))
    assert [path.slack_ns for path in found.paths] == [-0.207, 1.702, None]
    assert [path.type for path in found.paths] == ["setup", "setup", "max"]
    assert found.worst_slack_ns == -0.207
    assert found.missing == {"paths[].slack_ns": "inf: the path is not constrained"}
    assert (found.version, found.incomplete) == ("2022.2", "")
    for path in found.paths:
        path_laws(path)


def test_a_path_of_a_design_that_is_not_placed_has_no_locations(specimen):
    (path,) = read(specimen(UNPLACED)).paths
    assert {stage.location for stage in path.launch + path.data} == {""}
    assert [(s.element, s.arc, s.fanout) for s in path.data if s.element == "net"] == [
        ("net", "unplaced", 12),
        ("net", "unplaced", -1),
    ]
    path_laws(path)


def test_no_path_is_told_from_nothing_read(specimen):
    text = specimen(SPECIMEN)
    head = text[: text.index("Slack")]
    found = read(head + "No timing paths found.\n\n")
    assert (found.paths, found.worst_slack_ns, found.incomplete) == ((), None, "")
    assert found.missing == {"worst_slack_ns": "No timing paths found."}
    assert read(head).incomplete


def test_a_layout_without_the_path_is_refused(specimen):
    text = specimen(SPECIMEN)
    short = "Startpoint    Endpoint    Slack(ns)\n-----\nu_a/C         u_b/D          0.5\n\n\n"
    with pytest.raises(ReportError, match="not as known among the paths"):
        read(text[: text.index("Slack")] + short)


def test_a_label_that_is_not_known_is_no_reason_to_refuse(specimen):
    text = specimen(SPECIMEN)
    more = "  Clock Domain Crossing:  Inter clock paths are considered valid unless excluded.\n"
    at = text.index("  Path Group:")
    assert read(text[:at] + more + text[at:]) == read(text)


@pytest.mark.parametrize("name", ["pb_left", "pblock_dynamic_region_SLR0"])
@pytest.mark.parametrize("specimen_name", [SPECIMEN, UNPLACED])
def test_a_column_of_pblocks_changes_nothing_else(specimen, specimen_name, name):
    text = specimen(specimen_name)
    other = drawing.beside_pblocks(text, name)
    assert other.count(name) > 3
    assert read(other) == read(text)


def test_real_paths_add_up():
    for _, text, found in readings("timing_paths"):
        assert len(found.paths) == len(re.findall(r"^Slack \(", text, re.M))
        assert found.worst_slack_ns == min(path.slack_ns for path in found.paths)
        for path in found.paths:
            path_laws(path)
