"""The top csynth.rpt: one design in the layout of 2023.2, and the short one of 2020.2."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.csynth_summary import parse_csynth_summary
from bitwright.reports.read.hls.csynth_xml import parse_csynth_xml
from bitwright.reports.read.hls.estimates import Range
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.hls import render

NEW, OLD = "vitis_hls-2023.2/csynth.rpt", "vitis_hls-2020.2/csynth.rpt"
HERE = Path("csynth.rpt")
DESIGN = (
    "+ General Information: \n"
    "    * Version:        2020.2 (Build 3064766 on Wed Nov 18 09:12:47 MST 2020)\n\n"
    "+ Performance & Resource Estimates: \n    \n"
)
UPPER = ["Modules", "Issue", "", "Latency", "Latency", "Iteration", "", "Trip", *[""] * 6]
LOWER = ["& Loops", "Type", "Slack", "(cycles)", "(ns)", "Latency", "Interval", "Count"]
LOWER += ["Pipelined", "BRAM", "DSP", "FF", "LUT", "URAM"]


def read(text: str):
    return parse_csynth_summary(text, origin=HERE)


def test_the_top_row_is_the_design(specimen):
    design = read(specimen(NEW))
    assert (design.version, design.part, design.top) == ("2023.2", "xc7z020-clg400-1", "mhsa")
    assert design.latency_cycles.worst == 5130 and design.interval_cycles.max == 5131
    assert design.latency_ns.worst == 20520.0
    assert design.resources.bram_18k.used == 10
    assert design.incomplete == ""


def test_a_dash_is_no_uram_but_an_unknown_latency(specimen):
    design = read(specimen(OLD))
    assert design.resources.uram.used == 0
    assert design.latency_cycles.worst is None
    assert design.missing["latency_cycles.worst"] == design.missing["latency_ns.worst"] == "'-'"


def test_what_a_summary_does_not_print_is_missing(specimen):
    design = read(specimen(NEW))
    for name in ("clock_ns.target", "resources.lut.available", "latency_cycles.best"):
        assert name in design.missing


def test_modules_and_loops_stand_in_one_another(specimen):
    (top,) = read(specimen(NEW)).design
    (heads,) = top.rows
    scores, softmax = heads.rows
    assert (heads.kind, heads.trip_count) == ("loop", Range(4, 4))
    assert (scores.name, scores.kind, scores.dataflow) == ("scores", "module", True)
    assert (scores.issue, scores.slack_ns) == ("Timing", -0.12)
    assert scores.latency_ns == 4120.0
    assert softmax.pipeline == "rewind" and not softmax.dataflow
    assert (softmax.used.lut, softmax.percent.lut) == (1000, 1.0)
    assert softmax.percent.ff is None  # ~0%
    assert softmax.rows[0].issue == "II"


def test_software_finds_every_register(specimen):
    registers = read(specimen(NEW)).registers
    assert [(each.name, each.offset) for each in registers][1:] == [
        ("x_1", 0x10),
        ("x_2", 0x14),
        ("y_1", 0x1C),
        ("y_2", 0x20),
    ]
    assert registers[0].fields.startswith("0=AP_START")


def test_every_table_of_interfaces_and_bursts_is_there(specimen):
    design = read(specimen(NEW))
    assert [table.name for table in design.hardware] == [
        "M_AXI",
        "S_AXILITE Interfaces",
        "S_AXILITE Registers",
        "TOP LEVEL CONTROL",
    ]
    assert design.hardware[0].rows[0]["Max Widen Bitwidth"] == "0"
    assert [table.name for table in design.software] == [
        "Top Function Arguments",
        "SW-to-HW Mapping",
    ]
    assert design.bursts[1].rows[1]["Resolution"] == "214-232"


def test_pragmas_say_where_they_stand_and_what_became_of_them(specimen):
    warning, valid, _, template, inferred = read(specimen(NEW)).pragmas
    assert (warning.status, warning.function, warning.source) == (
        "warning",
        "softmax",
        "mhsa.cpp:31",
    )
    assert (valid.status, valid.function, valid.variable) == ("valid", "mhsa", "x")
    assert (template.function, template.variable) == ("dot<ap_fixed<16, 6>, 64>", "")
    assert (inferred.status, inferred.type) == ("inferred", "array_partition")
    assert (inferred.function, inferred.variable) == ("dot<ap_fixed<16, 6>, 64>", "row")
    assert (inferred.source, inferred.message) == ("mhsa.cpp:22", "pipeline mhsa.cpp:25")


def test_every_operation_and_array_is_known_by_its_module(specimen):
    binds = read(specimen(NEW)).binds
    assert [(bind.module, bind.kind, bind.what) for bind in binds] == [
        ("mhsa", "op", "add"),
        ("scores", "op", "mul"),
        ("softmax", "op", "hexp"),
        ("mhsa", "storage", "s_axilite"),
        ("mhsa", "storage", "ram_1p"),
        ("scores", "storage", "fifo"),
    ]
    assert binds[2].dsp == 4 and binds[2].latency_cycles == 8
    assert binds[4].bram_18k == 4


def test_summary_and_xml_of_one_design_say_the_same(specimen):
    text, machine = read(specimen(NEW)), parse_csynth_xml(specimen(NEW[:-3] + "xml"), origin=HERE)
    assert text.latency_cycles.worst == machine.latency_cycles.worst
    for name in ("lut", "ff", "bram_18k", "uram", "dsp"):
        assert getattr(text.resources, name).used == getattr(machine.resources, name).used
    modules = {module.name: module for module in machine.modules}
    scores, softmax = text.design[0].rows[0].rows
    for row in (scores, softmax):
        assert row.latency_cycles.max == modules[row.name].latency_cycles.worst
        assert row.interval_cycles == modules[row.name].interval_cycles


@pytest.mark.parametrize(
    ("this", "that", "said"),
    [
        ("| o heads", "| x heads", "neither module nor loop"),
        ("|   o rows_cols", "|    o rows_cols", "do not nest"),
        ("|      5130|", "|      51x0|", "is no number"),
        ("10 (3%)", "10 (3!)", "is no number"),
        ("| 0x10 ", "| x010 ", "has no place"),
        ("|  + scores                | 8 ", "|      + scores            | 8 ", "in no module"),
        ("Interval", "Intervall", "lacks a column"),
    ],
)
def test_what_cannot_be_is_refused(specimen, this, that, said):
    text = specimen(NEW)
    assert this in text
    with pytest.raises(ReportError, match=said):
        read(text.replace(this, that))


ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from("+o"),
        st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
        st.one_of(st.none(), st.integers(0, 1 << 40)),
        st.one_of(st.none(), st.integers(0, 1 << 30)),
    ),
    max_size=12,
)


@given(ROWS)
def test_what_is_rendered_is_read_again(rows):
    depths, flat = [0], [("+", "top", 7, 7), *(row[1:] for row in rows)]
    for row in rows:
        depths.append(min(row[0] + 1, depths[-1] + 1))
    cells = [
        [" " * depth + f"{mark} {name}", "-", "0.00", _dash(latency), "-", "-", "-", "-", "no"]
        + [f"{lut} (1%)" if lut is not None else "-" for _ in range(5)]
        for depth, (mark, name, latency, lut) in zip(depths, flat, strict=True)
    ]
    table = render.tight([UPPER, LOWER], cells, indent=4)
    text = render.section("Synthesis Summary Report of 'top'") + DESIGN + table + "\n"
    assert [row[1:] for row in _flat(read(text).design, 0)] == flat
    assert [row[0] for row in _flat(read(text).design, 0)] == depths


def _flat(rows, depth):
    for row in rows:
        mark = "o" if row.kind == "loop" else "+"
        yield depth, mark, row.name, row.latency_cycles.max, row.used.lut
        yield from _flat(row.rows, depth + 1)


def _dash(count):
    return "-" if count is None else str(count)
