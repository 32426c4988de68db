"""The head of a Vivado report stands once: two reports in one file are not read as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.recognise import read_bytes

ORIGIN = Path("appended.rpt")


@pytest.mark.parametrize(
    "name",
    [
        "vivado-2015.3/power.rpt",
        "vivado-2018.3/timing_summary.rpt",
        "vivado-2022.2/timing_paths.rpt",
        "vivado-2022.2/bus_skew_none.rpt",
        "vivado-2022.2/cdc.rpt",
        "vivado-2022.2/io.rpt",
        "vivado-2022.2/utilization.rpt",
        "vivado-2023.2/clock_interaction.rpt",
        "vivado-2024.1/drc.rpt",
    ],
)
def test_reports_that_were_appended_are_refused_with_the_line_of_the_second(specimen, name):
    text = specimen(name)
    with pytest.raises(ReportError, match="several reports in one file") as refused:
        read_bytes((text + text).encode(), origin=ORIGIN)
    assert refused.value.line is not None
    assert (text + text).splitlines()[refused.value.line - 1].startswith("| Tool Version")
    assert refused.value.line > len(text.splitlines())
    assert "-append" in refused.value.next


def test_an_appended_summary_without_details_does_not_hide_the_first(specimen):
    text = specimen("vivado-2018.3/timing_summary.rpt")
    at = text.rindex("---\n", 0, text.index("| Timing Details"))
    short = text[: text.rindex("\n", 0, at) + 1].replace(
        "report_timing_summary", "report_timing_summary -no_detailed_paths"
    )
    assert read_bytes(short.encode(), origin=ORIGIN).reading.incomplete == ""
    with pytest.raises(ReportError, match="several reports in one file"):
        read_bytes((short + short).encode(), origin=ORIGIN)
