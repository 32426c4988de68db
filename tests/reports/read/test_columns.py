"""Columns over a dashed rule: cells are found by the dashes, whatever stands in them."""

from __future__ import annotations

import pytest
from bitwright.reports.read.columns import Misaligned, columns
from hypothesis import given
from hypothesis import strategies as st

WORD = st.text("abcXYZ0189 ~.[]/-", min_size=1, max_size=12).map(
    lambda text: " ".join(text.split()) or "x"
)


def printed(head: list[str], rows: list[list[str]], right: list[bool]) -> list[str]:
    """This table as the tools print it; some columns lean to the right."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]

    def line(row: list[str]) -> str:
        cells = zip(row, widths, right, strict=True)
        return "  ".join(c.rjust(w) if lean else c.ljust(w) for c, w, lean in cells).rstrip()

    return [line(head), "  ".join("-" * width for width in widths), *map(line, rows)]


@given(st.data(), st.integers(2, 6), st.integers(0, 4))
def test_what_was_printed_is_what_is_read(data, wide, high):
    head = [f"Column {at}" for at in range(wide)]
    rows = [[data.draw(WORD) for _ in head] for _ in range(high)]
    right = [data.draw(st.booleans()) for _ in head]
    lines = ["", "Title", *printed(head, rows, right), "", "text"]
    (table,) = columns(lines)
    assert (table.title, table.line, table.head) == ("Title", 3, tuple(head))
    assert [list(row.values()) for row in table.rows] == rows
    assert table.closed


def test_a_table_ends_at_a_blank_line_or_a_rule_across_the_page():
    lines = printed(["A", "B"], [["1", "2"]], [False, False])
    assert [table.closed for table in columns(lines)] == [False]
    assert [len(table.rows) for table in columns([*lines, "-" * 79, "x  y"])] == [1]
    assert [len(table.rows) for table in columns([*lines, "", *lines])] == [1, 1]


def test_text_between_two_columns_is_refused_and_not_torn():
    lines = ["Name    Count", "------  -----", "matvec_core 1"]
    with pytest.raises(Misaligned, match="line 3"):
        list(columns(lines))
