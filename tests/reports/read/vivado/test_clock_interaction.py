"""The clock interaction report says which clocks pass data to which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.clock_interaction import parse_clock_interaction

HERE = Path("mill_clock_interaction.rpt")
SPECIMEN = "vivado-2023.2/clock_interaction.rpt"


def read(text):
    return parse_clock_interaction(text, origin=HERE)


def test_the_pairs_are_as_printed(specimen):
    core, ignored, camera = read(specimen(SPECIMEN)).interactions
    assert (core.wns_ns, core.tns_ns, core.setup_failing_endpoints) == (-0.21, -1.03, 7)
    assert (core.whs_ns, core.hold_failing_endpoints, core.hold_endpoints) == (0.08, 0, 1001)
    assert (core.edges, core.classification, core.constraints) == ("rise - rise", "Clean", "Timed")
    assert (ignored.wns_ns, ignored.setup_endpoints) == (None, 39)
    assert ignored.constraints == "Asynchronous Groups"
    assert (camera.from_clock, camera.to_clock) == ("clk_pix_from_the_camera", "clk_core")
    assert (camera.setup_requirement_ns, camera.classification) == (2.0, "No Common Period")


def test_a_blank_slack_has_its_reason(specimen):
    missing = read(specimen(SPECIMEN)).missing
    assert "interactions[].wns_ns" in missing
    assert "interactions[].hold_failing_endpoints" not in missing


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Clock Interaction Table", "Clock Interaction Tables", "no 'Clock Interaction Table'"),
        ("Classification", "Classificatiom", "columns are not as known"),
        ("  -0.21", "  -O.21", "'WNS(ns)' of clk_core"),
    ],
)
def test_a_damaged_report_is_refused_with_the_reason(specimen, old, new, problem):
    text = specimen(SPECIMEN)
    assert old in text
    with pytest.raises(ReportError, match=re.escape(problem)):
        read(text.replace(old, new))
