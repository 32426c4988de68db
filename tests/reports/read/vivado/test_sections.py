"""Sections: the table of contents says what must follow; what is cut out is missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.sections import parse_sections

from tests.reports.read.vivado import drawing

ORIGIN = Path("x.rpt")
ONE = drawing.table(["Name", "Used"], [["a", "1"], ["b", "2"]])
PARTS = [("1. First", ONE), ("1.1 Below", ONE), ("2. Second", ONE)]


def report(parts=PARTS) -> str:
    return drawing.report("Some Report", "report_some", parts, version="2024.1", part="xc7z020")


def read(text: str):
    return parse_sections(text, origin=ORIGIN)


def test_every_section_has_its_number_title_and_tables():
    found = read(report())
    assert [(s.number, s.title) for s in found.sections] == [
        ("1", "First"),
        ("1.1", "Below"),
        ("2", "Second"),
    ]
    assert [row.cells for row in found.rows(found.sections[1].boxes[0])] == [
        {"Name": "a", "Used": "1"},
        {"Name": "b", "Used": "2"},
    ]
    assert (found.incomplete, found.header.version) == ("", "2024.1")


def test_section_cut_out_of_the_middle_is_refused():
    text = report()
    start, end = text.rindex("1.1 Below"), text.rindex("2. Second")
    with pytest.raises(ReportError, match=r"(?s)a section is missing.*1\.1 Below"):
        read(text[:start] + text[end:])


def test_table_cut_out_of_a_section_is_refused():
    text = report()
    start = text.index(ONE, text.rindex("1.1 Below"))
    with pytest.raises(ReportError, match="'Below' has no table"):
        read(text[:start] + text[start + len(ONE) :])


def test_row_with_a_cell_too_few_is_refused_by_its_line():
    text = report().replace("| b    |    2 |", "| b    -    2 |", 1)
    found = read(text)
    with pytest.raises(ReportError, match=r"x\.rpt:\d+: this row has not a cell for each column"):
        list(found.rows(found.sections[0].boxes[0]))


def test_table_without_its_end_is_refused_where_lines_follow():
    text = report()
    at = text.index("| b ")
    with pytest.raises(ReportError, match="this table has no end"):
        read(text[:at] + "x" + text[at + 1 :])


def test_report_that_breaks_off_says_before_which_section():
    text = report()
    assert "before '2. Second'" in read(text[: text.rindex("2. Second")]).incomplete


@pytest.mark.parametrize("count", [0, 5, 14, 17])
def test_head_alone_is_refused(count):
    with pytest.raises(
        ReportError, match=r"no head|no whole table of contents|no section|no table"
    ):
        read("\n".join(report().splitlines()[:count]) + "\n")


def test_section_that_the_contents_lack_is_refused():
    with pytest.raises(ReportError, match="not in the table of contents"):
        read(report().replace("2. Second\n", "", 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2. Second\n---------\n", "2. Second\n----x----\n"),
        ("2. Second\n---------\n", "2x Second\n---------\n"),
        ("2. Second\n---------\n", "2. Second----------\n"),
    ],
)
def test_damaged_heading_gives_its_tables_to_no_other_section(old, new):
    with pytest.raises(ReportError, match="this heading of a section is damaged"):
        read(report().replace(old, new))


def test_line_of_no_table_is_refused():
    rule = ONE.splitlines()[0]
    with pytest.raises(ReportError, match="this line is of no table"):
        read(report().replace(rule, rule.replace("-", "x", 1), 1))
