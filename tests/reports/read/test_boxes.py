"""Tables: what was drawn is what is read, and a table whose end was not seen says so."""

from __future__ import annotations

import string
import time

from bitwright.reports.read.boxes import boxes, whole_lines
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.vivado import drawing

CELL = st.text(string.ascii_letters + string.digits + "_/[].<>~%:-", max_size=12)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.tuples(
        st.lists(st.text(string.ascii_letters, min_size=1), min_size=width, max_size=width),
        st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=6),
    )
)
SMALL = drawing.table(["Site Type", "Used"], [["LUTs", "12"], ["  Logic", "7"]])
WIDE = drawing.spanned(
    [("", 1), ("FF", 2), ("DSP", 2)], ["Name", "Used", "Avail", "Used", "Avail"], [list("abcde")]
)


def read(text: str):
    return list(boxes(whole_lines(text)))


@given(TABLES, st.booleans())
def test_every_table_that_is_drawn_is_read_cell_by_cell(drawn, right):
    head, rows = drawn
    (box,) = read("1. Section\n----------\n\n" + drawing.table(head, rows, right=right) + "\n")
    assert box.head == tuple(head)
    assert box.rows == tuple(map(tuple, rows))
    assert box.closed


def test_indent_and_line_of_each_row_are_known():
    (box,) = read("\n" + SMALL)
    assert (box.line, box.numbers, box.indents, box.end) == (2, (5, 6), (1, 3), 7)


def test_heading_that_divides_below_a_rule_names_each_column_with_what_spans_it():
    (box,) = read(WIDE)
    assert box.head == ("Name", "FF Used", "FF Avail", "DSP Used", "DSP Avail")
    assert box.rows == (tuple("abcde"),)


def test_cell_that_holds_a_bar_stays_one_cell():
    (box,) = read(drawing.table(["Name", "Used"], [["a|b|c", "1"], ["plain", "2"]]))
    assert box.rows == (("a|b|c", "1"), ("plain", "2"))


def test_table_between_two_rules_is_whole_only_if_a_line_follows_it():
    empty = drawing.table(["Ref Name", "Used"], [])
    assert [box.closed for box in read(empty)] == [False]
    assert [box.closed for box in read(empty + "\n")] == [True]


@given(st.integers(0, len(SMALL) - 2), st.sampled_from([SMALL, WIDE]))
def test_table_that_breaks_off_is_not_closed(at, text):
    assert not any(box.closed for box in read(text[:at]))


def test_half_a_heading_is_no_heading():
    for count in (2, 3, 4):
        (box,) = read("\n".join(WIDE.splitlines()[:count]) + "\n")
        assert (box.head, box.rows, box.closed) == ((), (), False)


def test_line_without_its_end_is_not_read():
    assert whole_lines("a\nb\nc") == ["a", "b"]


def test_lines_that_only_look_like_rules_are_no_tables():
    assert read("+-----\n| a |\n-+-\n+ - +\n| b |\n") == []


def test_first_rule_that_lost_a_corner_does_not_make_rows_a_heading():
    (box,) = read(SMALL.replace("+--", "---", 2).replace("---", "+--", 1) + "\n")
    assert box.head == ("Site Type", "Used")
    assert box.rows == (("LUTs", "12"), ("Logic", "7"))


def test_time_for_a_wide_table_grows_with_its_columns():
    def took(columns: int) -> float:
        rule, row = "+" + "---+" * columns, "|" + " a |" * columns
        began = time.process_time()
        (box,) = boxes([rule, row, rule, row, rule])
        assert len(box.head) == columns
        return time.process_time() - began

    assert min(took(20_000) for _ in range(3)) < 40 * min(took(2_000) for _ in range(3))
