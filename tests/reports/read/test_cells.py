"""Cells of tables: every spelling the tools print, and nothing that only looks like a number."""

from __future__ import annotations

import pytest
from bitwright.reports.read import cells
from hypothesis import given
from hypothesis import strategies as st

OPEN = ("", "  ", "NA", "-NA-", "N/A", "-", "---", "_", "undef", "?", "inf", "-inf", "Unspecified*")
COUNTS = {
    "0": 0,
    " 53200 ": 53200,
    "-3": -3,
    "80(Lost)": 80,
    "4377 [  7.80%]": 4377,
    "115 (26%)": 115,
    "3 (~0%)": 3,
    "9 [ <0.01%]": 9,
}
NUMBERS = COUNTS | {
    "2.131e+04": 21310.0,
    "13.50": 13.5,
    "-0.455": -0.455,
    "1.5e-3": 0.0015,
    "33.5 [ 15.80%]": 33.5,
}
SHARES = {
    "25.38": 25.38,
    "478%": 478.0,
    "4377 [  7.80%]": 7.8,
    "56104 [100.00%]": 100.0,
    "115 (26%)": 26.0,
    "33.5 [ 15.80%]": 15.8,
}
NO_NUMBER = (
    "x",
    "1 2",
    "1,5",
    "0x10",
    "1_000",
    "٣",
    "12abc",
    "met",
    "nan",
    "1e999",
    "1.2.3",
    "--5",
)


@pytest.mark.parametrize(("cell", "value"), COUNTS.items())
def test_a_count_is_read_whatever_share_stands_behind_it(cell, value):
    assert cells.integer(cell) == value == cells.integer_or_none(cell)


@pytest.mark.parametrize(("cell", "value"), NUMBERS.items())
def test_a_number_is_read_in_every_spelling(cell, value):
    assert cells.decimal(cell) == value == cells.decimal_or_none(cell)


@pytest.mark.parametrize(("cell", "value"), SHARES.items())
def test_a_share_is_read_alone_or_behind_its_count(cell, value):
    assert cells.percent(cell) == value == cells.percent_or_none(cell)


@pytest.mark.parametrize("cell", OPEN)
def test_what_the_tool_left_open_is_none_and_never_a_number(cell):
    assert cells.is_open(cell)
    for read in (cells.integer_or_none, cells.decimal_or_none, cells.percent_or_none):
        assert read(cell) is None
    for read in (cells.integer, cells.decimal, cells.percent):
        with pytest.raises(ValueError, match="no "):
            read(cell)


@pytest.mark.parametrize("cell", ["<0.01", "<0.001", "~0%", "3 (~0%)", "9 [ <0.01%]"])
def test_a_share_that_is_only_bounded_is_none(cell):
    assert cells.percent_or_none(cell) is None


@pytest.mark.parametrize("cell", NO_NUMBER)
def test_what_is_no_number_is_an_error_and_not_none(cell):
    for read in (cells.integer_or_none, cells.decimal_or_none, cells.percent_or_none):
        with pytest.raises(ValueError, match="no "):
            read(cell)


def test_a_rounded_count_is_no_whole_number():
    with pytest.raises(ValueError, match="no whole number"):
        cells.integer("2.131e+04")


@given(st.integers(-(10**12), 10**12), st.integers(0, 4), st.integers(0, 4))
def test_every_integer_survives_its_cell(value, left, right):
    assert cells.integer(" " * left + str(value) + " " * right) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_survives_its_cell(value):
    assert cells.decimal(repr(value)) == value


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_none_or_a_value_error(text):
    for read in (cells.integer_or_none, cells.decimal_or_none, cells.percent_or_none):
        try:
            value = read(text)
        except ValueError:
            continue
        assert value is None or abs(value) < float("inf")
