"""report_cdc: pairs of clocks, rules, crossings and waivers, held against one another."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.cdc import parse_cdc

from tests.reports.read import specimens

HERE = Path("cdc.rpt")


def text_of(name: str) -> str:
    return specimens.text_of(f"vivado-2022.2/{name}.rpt")


def test_without_details_endpoints_are_counted_by_pairs_of_clocks():
    cdc = parse_cdc(text_of("cdc"), origin=HERE)
    assert [(pair.source, pair.destination, pair.severity) for pair in cdc.clock_pairs] == [
        ("axi_clk", "core_clk", "Critical"),
        ("core_clk", "axi_clk", "Warning"),
        ("core_clk", "core_clk_x2", "Info"),
    ]
    assert cdc.clock_pairs[0].endpoints.unsafe == 1
    assert (cdc.endpoints.total, cdc.endpoints.unknown, cdc.endpoints.no_async_reg) == (217, 2, 3)
    assert (cdc.violations, cdc.missing.keys()) == ((), {"violations"})
    assert (cdc.version, cdc.part, cdc.incomplete) == ("2022.2", "7z020-clg400", "")


def test_with_details_crossings_are_counted_by_rules():
    cdc = parse_cdc(text_of("cdc_details"), origin=HERE)
    assert [(v.rule, v.severity, v.count) for v in cdc.violations] == [
        ("CDC-1", "Critical", 1),
        ("CDC-3", "Info", 2),
        ("CDC-6", "Warning", 1),
    ]
    assert (cdc.severities, cdc.waived) == ({"Critical": 1, "Info": 2, "Warning": 1}, {"CDC-13": 1})
    crossing = cdc.clock_pairs[0].crossings[2]
    assert (crossing.rule, crossing.waived, crossing.destination) == ("CDC-13", True, "u_pll/RST")
    assert cdc.clock_pairs[1].crossings[1].source == "u_rows/gray_reg[4:0]/C"
    assert (cdc.endpoints.total, cdc.missing.keys()) == (None, {"endpoints"})


def test_a_hidden_waiver_is_still_counted():
    text = text_of("cdc_details").replace("  Waived\n", "\n").replace("-show_waiver ", "")
    lines = [line for line in text.split("\n") if "u_pll/RST" not in line]
    text = "\n".join(line.removesuffix("  N") for line in lines)
    cdc = parse_cdc(text.replace("  ------\n\n", "\n\n"), origin=HERE)
    assert (cdc.waived, cdc.incomplete) == ({"CDC-13": 1}, "")
    assert cdc.clock_pairs[0].crossings[0].waived is None


def test_a_design_whose_paths_are_all_timed_has_no_unsafe_endpoint():
    cdc = parse_cdc(text_of("cdc_safe"), origin=HERE)
    assert (cdc.safely_timed, cdc.endpoints.unsafe, cdc.endpoints.total) == (True, 0, None)
    assert (cdc.clock_pairs, cdc.incomplete) == ((), "")


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("cdc", "14    11", "15    11", "15 endpoints, but 11 \\+ 1 \\+ 2"),
        ("cdc", "14    11", "1x    11", "a count under 'Endpoints'"),
        (
            "cdc_details",
            "CDC-3  Info      1-bit",
            "CDC-1  Info      1-bit",
            "2 crossings under CDC-1",
        ),
        ("cdc_details", "  2  CDC-1", "  3  CDC-1", "found     row 3"),
        ("cdc_details", "CDC-1  Critical      1", "ABC-1  Critical      1", "a rule such as CDC-3"),
        ("cdc_details", "Source Clock: axi_clk\n", "", "above"),
        ("cdc_details", "CDC Report\n", "CDC Report\nCDC Report\n", "exactly one report"),
        ("cdc_details", "2  Asynch Clock", "2 Asynchr Clock", "text below the columns"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(name, old, new, problem):
    text = text_of(name)
    assert old in text
    with pytest.raises(ReportError, match=problem):
        parse_cdc(text.replace(old, new, 1 if name == "cdc" else -1), origin=HERE)


def test_fewer_crossings_than_counted_mark_the_report_as_incomplete():
    text = text_of("cdc_details")
    cut = text[: text.index("  2  CDC-6")]
    assert parse_cdc(cut, origin=HERE).incomplete.endswith("0 of 1 under CDC-6")


def test_a_report_returned_as_a_string_need_not_end_with_a_blank_line():
    text = text_of("cdc").rstrip("\n").replace("-file cdc.rpt", "-return_string") + "\n"
    cdc = parse_cdc(text, origin=HERE)
    assert (cdc.endpoints.total, cdc.incomplete) == (217, "")


def test_a_report_that_ends_below_its_title_is_incomplete_and_not_clean():
    text = text_of("cdc_safe").replace("All paths are Safely Timed.\n", "")
    cdc = parse_cdc(text, origin=HERE)
    assert (cdc.safely_timed, cdc.endpoints.unsafe) == (None, None)
    assert cdc.incomplete.endswith("no crossing, or the report is cut")
