"""The text reports of HLS, taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.layout import parse_layout

from tests.reports.read.hls import render

HERE = Path("layout.rpt")
TEXT = (
    render.section("Vitis HLS Report for 'ffn'")
    + "* Version:        2023.2 (Build 1)\n* Solution:       s1 (Vitis Kernel Flow Target)\n"
    + render.section("Estimates")
    + "+ Latency: \n    * Summary: \n"
    + render.tight([["min", "max"]], [["1", "2"]], indent=4)
    + "    + Detail: \n        * Loop: \n        N/A\n* Version:        1999.1\n* Timing was met\n"
    + render.loose([["Name"]], [["a"]])
)


def read(text: str):
    return parse_layout(text, origin=HERE)


def test_a_table_is_known_by_the_headings_around_it():
    layout = read(TEXT)
    assert layout.title == "Vitis HLS Report for 'ffn'" and layout.sections == ("Estimates",)
    assert [table.path for table in layout.tables] == [
        ("Estimates", "Latency", "Summary"),
        ("Estimates", "Timing was met"),
    ]
    assert layout.table("Estimates", "Lat").rows("max") == [{"min": "1", "max": "2"}]
    assert layout.table("Estimates", "Detail") is None
    assert "Timing was met" in layout.notes


def test_the_first_fact_of_a_name_counts():
    layout = read(TEXT)
    assert (layout.version, layout.flow_target) == ("2023.2", "vitis")


def test_a_text_that_ends_within_a_line_is_incomplete_but_a_whole_rule_is_its_end():
    assert read(TEXT).incomplete == read(TEXT[:-1]).incomplete == ""
    assert read(TEXT + "== Bind Op").incomplete.startswith("line ")
    assert "has no end" in read(TEXT[: TEXT.rindex("+-")]).incomplete


def test_a_column_that_is_not_there_and_a_row_too_long_are_refused():
    with pytest.raises(ReportError, match="lacks a column"):
        read(TEXT).tables[0].rows("average")
    with pytest.raises(ReportError, match="does not fit"):
        read(TEXT.replace("| a    |", "| a | b |"))
