"""csynth.xml: the same design as csynth.rpt and mhsa_csynth.rpt, and an older one with ranges."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.csynth_xml import parse_csynth_xml
from bitwright.reports.read.hls.estimates import Clock, Latency, Range, RealTime, Use
from hypothesis import given

from tests.reports.read.hls import render
from tests.reports.read.hls.designs import functions

NEW, OLD = "vitis_hls-2023.2/csynth.xml", "vivado_hls-2018.3/ffn_csynth.xml"
HERE = Path("csynth.xml")


def read(text: str):
    return parse_csynth_xml(text, origin=HERE)


def test_the_estimates_of_the_design_are_as_printed(specimen):
    design = read(specimen(NEW))
    assert (design.version, design.part, design.top) == ("2023.2", "xc7z020-clg400-1", "mhsa")
    assert (design.product_family, design.flow_target) == ("zynq", "vivado")
    assert design.clock_ns == Clock(4.0, 3.04, 1.08)
    assert design.latency_cycles == Latency(5130, 5130, 5130)
    assert design.latency_ns == RealTime(20520.0, 20520.0, 20520.0)
    assert design.interval_cycles == Range(5131, 5131)
    assert design.resources.lut == Use(2112, 53200)
    assert design.resources.bram_18k == Use(10, 280)
    assert design.missing == {} and design.incomplete == ""


def test_every_module_has_its_own_numbers(specimen):
    scores, softmax, top = read(specimen(NEW)).modules
    assert (scores.name, scores.resources.dsp) == ("scores", Use(8, 220))
    assert scores.latency_ns.worst == 4120.0
    assert softmax.interval_cycles == Range(240, 240)
    assert softmax.pipeline.startswith("loop auto-rewind")
    assert softmax.clock_ns.estimated == 2.92
    assert softmax.loops[0].ii_cycles == 2 and softmax.loops[0].depth_cycles == 12
    assert top.resources.lut.used == 2112
    assert [bind.what for bind in (*scores.binds, *top.binds)] == [
        "mul",
        "fifo",
        "s_axilite",
        "ram_1p",
    ]
    assert scores.binds[0].latency_cycles == 3 and top.binds[0].latency_cycles is None


def test_instances_stand_in_one_another(specimen):
    (scores,) = read(specimen(NEW)).instances
    assert (scores.module, scores.instances[0].name) == ("scores", "grp_softmax_fu_33")


def test_software_finds_every_register_of_the_control_interface(specimen):
    control, memory, clock = read(specimen(NEW)).interfaces
    assert [(each.name, each.offset) for each in control.registers] == [
        ("CTRL", 0),
        ("x_1", 0x10),
        ("x_2", 0x14),
        ("y_1", 0x1C),
    ]
    assert control.registers[0].fields[1].name == "AP_DONE"
    assert (memory.kind, memory.data_bits, memory.address_bits) == ("axi4full", 32, 64)
    assert memory.settings[0]["max_widen_bitwidth"] == "0"
    assert clock.data_bits is None


def test_arguments_and_ports_are_there(specimen):
    design = read(specimen(NEW))
    (x,) = design.arguments
    assert x.type == "ap_fixed<16, 6, AP_TRN, AP_WRAP, 0> const *"
    assert [each["name"] for each in x.hardware] == ["", "x_1", "x_2"]
    assert [port.bits for port in design.ports] == [1, 1, 1, 6, 32, 64, 32]


def test_only_what_went_wrong_is_a_violation(specimen):
    function, loop = read(specimen(NEW)).violations
    assert (function.loop, function.issue) == ("", "Timing Violation")
    assert (loop.loop, loop.violation) == ("heads", "Memory Dependency")
    kept = specimen(NEW).replace("II Violation", "-").replace("Memory Dependency", "-")
    assert [each.loop for each in read(kept).violations] == [""]


def test_every_module_has_its_own_violations(specimen):
    scores, softmax, top = read(specimen(NEW)).modules
    (found,) = scores.violations
    assert (found.issue, found.source) == ("Timing Violation", "mhsa.cpp:20")
    assert softmax.violations == ()
    assert [each.issue for each in top.violations] == ["Timing Violation"]


def test_pragmas_say_what_became_of_them(specimen):
    valid, warning, _ = read(specimen(NEW)).pragmas
    assert (valid.status, valid.variable, valid.messages) == ("valid", "x", ())
    assert warning.messages == ("207-5536 WARNING: 'Resource pragma' is deprecated",)


def test_a_row_of_bursts_that_does_not_fit_its_headings_is_kept_in_one(specimen):
    summary, inferred, failed, odd = read(specimen(NEW)).bursts
    assert summary["Length"] == "1024"
    assert inferred["Problem"] == ""
    assert failed["Resolution"] == "214-232"
    assert odd["cells"] == "z, a row whose cells, do not fit" and "Variable" not in odd


def test_ranges_are_kept_and_what_is_undef_is_missing(specimen):
    design = read(specimen(OLD))
    assert design.latency_cycles == Latency(70, None, 902)
    assert design.missing["latency_cycles.average"].startswith("undef")
    assert design.throughput_cycles == Range(64, 896)
    rows, tail = design.loops
    assert (rows.latency_cycles, rows.loops[0].trip_count) == (Range(60, 888), Range(4, 64))
    assert tail.trip_count == Range(None, None)
    assert "loops.tail.trip_count.max" in design.missing


def test_uram_and_real_time_that_an_older_report_lacks_are_missing_not_zero(specimen):
    design = read(specimen(OLD))
    assert design.resources.uram == Use(None, None)
    assert "2019.1" in design.missing["resources.uram.used"]
    assert design.resources.dsp == Use(5, 220)
    assert design.latency_ns.best is None and "latency_ns.best" in design.missing


@pytest.mark.parametrize(
    ("this", "that", "said"),
    [
        ("<Best-caseLatency>5130<", "<Best-caseLatency>6000<", "contradicts itself"),
        ("<LUT>2112</LUT>", "<LUT>2 112</LUT>", "no number"),
        ('offset="0x10"', 'offset="sixteen"', "has no 'offset'"),
        ("<Resources>\n<BRAM", "<Resorces>\n<BRAM", "no complete XML"),
        ("<profile>", "<!DOCTYPE profile><profile>", "cannot be trusted"),
    ],
)
def test_what_cannot_be_is_refused(specimen, this, that, said):
    with pytest.raises(ReportError, match=said):
        read(specimen(NEW).replace(this, that))


def test_an_attribute_that_is_not_there_is_empty_or_refused(specimen):
    text = specimen(NEW)
    for found in re.finditer(r' \w+="[^"]*"', text):
        try:
            read(text[: found.start()] + text[found.end() :])
        except ReportError as error:
            assert "csynth.xml" in str(error)


def test_an_element_that_is_not_there_is_missing_or_refused(specimen):
    text = specimen(NEW)
    for found in re.finditer(r"<(\w+)[^<>]*>[^<>]*</\1>\n", text):
        try:
            read(text[: found.start()] + text[found.end() :])
        except ReportError as error:
            assert "csynth.xml" in str(error)


@given(functions())
def test_what_is_rendered_is_read_again(function):
    design = read(render.csynth_xml(function))
    low, high = function.latency
    assert (design.latency_cycles.best, design.latency_cycles.worst) == (low, high)
    assert design.interval_cycles == Range(*function.interval)
    used = design.resources
    found = (used.bram_18k.used, used.dsp.used, used.ff.used, used.lut.used, used.uram.used)
    assert list(found) == function.total
    assert [port.name for port in design.ports] == [name for name, *_ in function.ports]
    assert [shape(loop) for loop in design.loops] == [shape(loop) for loop in function.loops]


def shape(loop):
    """Of a loop made up, or of one read."""
    if isinstance(loop, render.Loop):
        return (loop.name, loop.trips, loop.latency, loop.ii, [shape(each) for each in loop.loops])
    trips, latency = loop.trip_count, loop.latency_cycles
    within = [shape(each) for each in loop.loops]
    return (loop.name, (trips.min, trips.max), (latency.min, latency.max), loop.ii_cycles, within)
