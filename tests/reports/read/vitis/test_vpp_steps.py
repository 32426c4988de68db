"""Logs of the steps of v++ are read exactly, refused, or said to be incomplete."""

from __future__ import annotations

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vitis.vpp_steps import parse_vpp_steps

from tests.reports.read.corpus import readings
from tests.reports.read.truncation import ORIGIN


def test_steps_have_when_they_began_and_how_they_ended(specimen):
    found = parse_vpp_steps(specimen("vpp-2020.2/link.steps.log"), origin=ORIGIN)
    assert [(step.name, step.line, step.began, step.status) for step in found.steps] == [
        ("generating xclbin xml file", 16, "14 Feb 2024 10:11:51", None),
        ("system_link", 20, "14 Feb 2024 10:11:52", "success"),
        ("vpl", 25, "14 Feb 2024 10:12:01", "success"),
        ("create_vivado_project", 29, "14 February 2024 10:12:30", None),
        ("launching hardware runs", 33, "14 February 2024 10:13:02", "success"),
        ("generating system estimate report file", 41, "14 Feb 2024 10:31:08", "success"),
    ]
    assert (found.ended, found.incomplete) == ("14 Feb 2024 10:31:09", "")


def test_a_log_without_a_step_is_an_error(specimen):
    text = specimen("vpp-2020.2/link.steps.log")
    with pytest.raises(ReportError, match="no step"):
        parse_vpp_steps(text[: text.index("V++ internal")], origin=ORIGIN)


def test_every_real_step_has_a_time():
    for entry, text, found in readings("vpp_steps", "vpp_log"):
        starts = ("V++ internal step: ", "VPL internal step: ", "step: ")
        named = sum(line.strip().startswith(starts) for line in text.splitlines())
        assert len(found.steps) == named, entry.path
