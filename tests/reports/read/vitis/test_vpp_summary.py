"""v++'s summaries: steps, how long they took and how they ended, reports and kernels."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vitis.vpp_summary import parse_vpp_summary

from tests.reports.read import specimens

HERE = Path("matvec.xclbin.link_summary")
SPECIMENS = ("matvec.xclbin.link_summary", "matvec.xo.compile_summary")


def text_of(name: str) -> str:
    return specimens.text_of(f"vpp-2020.2/{name}")


def test_each_step_has_its_time_and_its_end():
    link = parse_vpp_summary(text_of(SPECIMENS[0]), origin=HERE)
    assert [(step.name, step.level, step.state, step.seconds) for step in link.steps] == [
        ("v++", "command", "failed", 141.746),
        ("system_link", "part", "passed", 10.071),
        ("vivado", "part", "failed", 129.001),
    ]
    assert (link.flow, link.target, link.platform) == ("link", "hw", "bench_base.xpfm")
    assert (link.version, link.state, link.seconds) == ("2020.2", "failed", 141.746)
    assert link.steps[0].settings["/bench/design.cfg"].endswith("nk=matvec:2\n")
    assert (link.missing, link.incomplete) == ({}, "")


def test_reports_and_kernels_are_listed():
    link = parse_vpp_summary(text_of(SPECIMENS[0]), origin=HERE)
    assert [(report.kind, report.format) for report in link.reports] == [
        ("KERNEL_UTILIZATION_SYNTHESIS", "TEXT"),
        ("GLOBAL_RULECHECK_GUIDANCE", "HTML"),
    ]
    assert link.kernels[0].compute_units == ("matvec_1", "matvec_2")


def test_a_summary_in_which_v_has_not_ended_is_incomplete():
    text = text_of(SPECIMENS[1])
    running = parse_vpp_summary(text[: text.rindex("<ENTRY>")], origin=HERE)
    assert (running.state, running.seconds) == (None, None)
    assert running.missing.keys() == {"state", "seconds"}
    assert running.incomplete.endswith("v++ has not ended")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"state": "CS_PASSED"', '"state": ', r"summary:\d+: this is no complete JSON"),
        ('"cmdId"', '"cmd"', "cmdId' is missing"),
        ('"timestampMillis": "17', '"timestampMillis": "x', "digits"),
        ("000000000002", "000000000001", "two steps of one id"),
        ("</ENTRY>\n", "</ENTRY>\nnote\n", "text between two entries"),
        ('"fileType"', '"file"', "fileType' is missing"),
    ],
)
def test_what_is_not_as_known_is_refused(old, new, problem):
    text = text_of(SPECIMENS[1])
    assert old in text
    with pytest.raises(ReportError, match=problem):
        parse_vpp_summary(text.replace(old, new), origin=HERE)


def test_a_state_of_an_unknown_step_is_refused():
    text = text_of(SPECIMENS[1])
    at = text.rindex("000000000001")
    with pytest.raises(ReportError, match="the id of a step"):
        parse_vpp_summary(text[:at] + "0" + text[at + 1 :].replace("1", "7", 1), origin=HERE)


def test_a_step_that_ends_before_it_began_is_refused():
    text = text_of(SPECIMENS[1])
    head, mark, tail = text.rpartition('"timestampMillis": "17')
    with pytest.raises(ReportError, match="times that go on"):
        parse_vpp_summary(f"{head}{mark[:-2]}16{tail}", origin=HERE)
