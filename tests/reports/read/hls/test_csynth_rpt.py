"""FUNCTION_csynth.rpt in its two layouts; the same functions as the XML beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.csynth_rpt import parse_csynth_rpt
from bitwright.reports.read.hls.csynth_xml import parse_csynth_xml
from bitwright.reports.read.hls.estimates import Clock, Latency, Range, Use
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.hls import render
from tests.reports.read.hls.designs import functions

NEW, OLD = "vitis_hls-2023.2/mhsa_csynth.rpt", "vivado_hls-2018.3/ffn_csynth.rpt"
HERE = Path("mhsa_csynth.rpt")


def read(text: str):
    return parse_csynth_rpt(text, origin=HERE)


def test_the_estimates_of_a_function_are_as_printed(specimen):
    function = read(specimen(NEW))
    assert (function.version, function.part, function.top) == ("2023.2", "xc7z020-clg400-1", "mhsa")
    assert (function.flow_target, function.product_family) == ("vivado", "zynq")
    assert function.clock_ns == Clock(4.0, 3.04, 1.08)
    assert function.latency_cycles == Latency(5130, None, 5130)
    assert function.latency_ns.worst == 20520.0
    assert function.interval_cycles == Range(5131, 5131)
    assert function.resources.ff == Use(2362, 106400)
    assert {part.name: part.lut for part in function.parts}["Multiplexer"] == 131
    assert [each.name for each in function.details] == ["Expression"]
    assert function.ports[-1].bits == 32
    assert function.incomplete == ""


def test_the_average_that_is_not_printed_is_missing(specimen):
    assert "best and the worst" in read(specimen(NEW)).missing["latency_cycles.average"]


def test_before_2020_units_stand_above_the_table_and_a_dsp_is_called_dsp48e(specimen):
    function = read(specimen(OLD))
    assert function.clock_ns == Clock(10.0, 8.412, 1.25)
    assert function.resources.dsp == Use(5, 220)
    assert function.resources.uram == Use(None, None)
    assert "2019.2" in function.missing["latency_ns.worst"]


def test_loops_stand_in_one_another_with_their_ranges(specimen):
    rows, tail = read(specimen(OLD)).loops
    assert (rows.name, rows.latency_cycles, rows.pipelined) == ("rows", Range(60, 888), False)
    (cols,) = rows.loops
    assert (cols.trip_count, cols.ii_cycles, cols.ii_target_cycles) == (Range(4, 64), 1, 1)
    assert tail.trip_count == Range(None, None)


@pytest.mark.parametrize(
    ("rpt", "xml"),
    [
        (NEW, "vitis_hls-2023.2/csynth.xml"),
        (OLD, "vivado_hls-2018.3/ffn_csynth.xml"),
    ],
)
def test_report_and_xml_of_one_function_say_the_same(specimen, rpt, xml):
    text, machine = read(specimen(rpt)), parse_csynth_xml(specimen(xml), origin=HERE)
    assert text.clock_ns == machine.clock_ns
    assert text.resources == machine.resources
    assert text.interval_cycles == machine.interval_cycles
    assert text.latency_cycles.best == machine.latency_cycles.best
    assert text.latency_cycles.worst == machine.latency_cycles.worst
    assert text.latency_ns.worst == machine.latency_ns.worst
    assert [port.name for port in text.ports] == [port.name for port in machine.ports]


@pytest.mark.parametrize(
    ("this", "that", "said"),
    [
        ("    131|", "    132|", "are not the total"),
        ("|Total ", "|Totals", "has no total"),
        ("Pipeline", "Pipe", "lacks a column"),
        ("   5130|   ", "   51 0|   ", "is no number"),
        ("* Version:", "* Vision:", "no report of a function"),
        ("|- heads", "|+ heads", "do not nest"),
        ("|   2112|", "|   2112|    1|", "does not fit"),
    ],
)
def test_what_cannot_be_is_refused(specimen, this, that, said):
    text = specimen(NEW)
    assert this in text
    with pytest.raises(ReportError, match=said):
        read(text.replace(this, that))


def test_a_design_with_two_clocks_is_refused(specimen):
    line = next(line for line in specimen(NEW).splitlines(True) if "|ap_clk  |" in line)
    with pytest.raises(ReportError, match="several clocks"):
        read(specimen(NEW).replace(line, line + line.replace("ap_clk", "ap_two")))


@given(functions(), st.booleans())
def test_what_is_rendered_is_read_again(function, old):
    found = read(render.csynth_rpt(function, old=old))
    assert found.incomplete == ""
    assert (found.latency_cycles.best, found.latency_cycles.worst) == function.latency
    assert (found.interval_cycles.min, found.interval_cycles.max) == function.interval
    used = found.resources
    counts = [used.bram_18k.used, used.dsp.used, used.ff.used, used.lut.used, used.uram.used]
    assert counts == [*function.total[:4], None if old else function.total[4]]
    assert [(port.name, port.bits) for port in found.ports] == [
        (name, bits) for name, _, bits, _ in function.ports
    ]
    assert [shape(loop) for loop in found.loops] == [shape(loop) for loop in function.loops]


def shape(loop):
    """Of a loop made up, or of one read."""
    within = [shape(each) for each in loop.loops]
    if isinstance(loop, render.Loop):
        return (loop.name, loop.trips, loop.latency, loop.each, loop.ii, within)
    trips, latency, each = loop.trip_count, loop.latency_cycles, loop.iteration_latency_cycles
    ends = ((trips.min, trips.max), (latency.min, latency.max))
    return (loop.name, *ends, each.max, loop.ii_cycles, within)
