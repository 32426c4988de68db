"""Printed text -> numbers, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.estimates import Numbers, Range, nanoseconds


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("5.00", 5.0),
        ("5.00 ns", 5.0),
        ("52.036 us", 52036.0),
        ("0.101 ms", 101000.0),
        ("0.224 sec", 224e6),
        ("2.131e+04 ns", 21310.0),
        ("?", None),
        ("undef", None),
        ("NA", None),
    ],
)
def test_a_time_is_in_ns_whatever_its_unit(text, ns):
    assert nanoseconds(text) == ns


@pytest.mark.parametrize("text", ["5 min", "5.0.0 ns", "ns", "1e999 ns", "-5 ns", "5 ns 6"])
def test_what_is_no_time_is_not_taken_for_one(text):
    with pytest.raises(ValueError, match="time"):
        nanoseconds(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("12", Range(12, 12)),
        ("4125 ~ 4128", Range(4125, 4128)),
        ("1 ~ ?", Range(1, None)),
        ("undef", Range(None, None)),
        (None, Range(None, None)),
    ],
)
def test_a_range_has_two_ends_or_a_reason(text, span):
    numbers = Numbers(Path("x.rpt"))
    assert numbers.range("trip_count", text) == span
    lacks = {f"trip_count.{end}" for end in ("min", "max") if getattr(span, end) is None}
    assert numbers.missing.keys() == lacks


def test_a_number_that_is_none_names_file_line_and_name():
    with pytest.raises(ReportError, match=r"x\.rpt:7: 'loops\.rows' is no number"):
        Numbers(Path("x.rpt")).integer("loops.rows", "many", line=7)
