"""What export_design reports: boxed from 2022.1, plain before, and as XML."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.estimates import Use
from bitwright.reports.read.hls.export_impl import ExportClock, parse_export_impl

ROUTED, SYNTHESIZED = "vitis_hls-2023.2/export_impl.rpt", "vitis_hls-2023.2/export_syn.rpt"
XML, PLAIN = "vitis_hls-2023.2/export_impl.xml", "vivado_hls-2018.3/ffn_export.rpt"
HERE = Path("export_impl.rpt")


def read(text: str):
    return parse_export_impl(text, origin=HERE)


def test_clock_and_resources_after_routing_are_as_printed(specimen):
    core = read(specimen(ROUTED))
    assert (core.version, core.part, core.stage) == ("2023.2", "xc7z020-clg400-1", "implementation")
    assert core.clock_ns == ExportClock(4.0, 3.871, 4.118)
    assert core.met is False
    assert core.resources.bram_18k == Use(10, None)
    assert core.others == {"srl": 31}
    assert core.settings["C-Synthesis uncertainty"] == "27%"
    assert core.reports["timing"].endswith("mhsa_timing_routed.rpt")
    assert core.incomplete == ""


def test_after_synthesis_there_is_no_routed_clock(specimen):
    core = read(specimen(SYNTHESIZED))
    assert (core.stage, core.met) == ("synthesis", True)
    assert core.clock_ns == ExportClock(4.0, 3.871, None)


def test_xml_after_synthesis_has_no_routed_clock_though_it_has_an_achieved_one(specimen):
    text = specimen(XML).replace(">impl<", ">syn<").replace("  <CP_ROUTE>4.118</CP_ROUTE>\n", "")
    core = read(text)
    assert core.stage == "synthesis"
    assert core.clock_ns == ExportClock(4.0, 3.871, None)


def test_cells_stand_in_one_another(specimen):
    (inst,) = read(specimen(ROUTED)).cells
    own, control, scores = inst.cells
    assert (inst.lut, own.name, own.lut, control.dsp) == (1873, "(inst)", 43, None)
    assert [(cell.name, cell.source) for cell in scores.cells] == [
        ("(grp_scores_fu_71)", ""),
        ("grp_softmax_fu_33", "mhsa.cpp:25"),
    ]


def test_checks_and_paths_are_there(specimen):
    core = read(specimen(ROUTED))
    assert [check.status for check in core.checks] == ["OK", "OK", "OK", "REVIEW"]
    first, second = core.paths
    assert (first.slack_ns, first.levels, first.net_ns) == (-0.118, 7, 2.148)
    assert first.cells[1] == ("acc[15]_i_2", "CLB.LUT.LUT6") and len(second.cells) == 2


def test_text_and_xml_of_one_run_say_the_same(specimen):
    text, machine = read(specimen(ROUTED)), read(specimen(XML))
    assert text.clock_ns == machine.clock_ns
    assert (text.met, text.stage, text.version) == (machine.met, machine.stage, machine.version)
    for name in ("lut", "ff", "bram_18k", "uram", "dsp"):
        assert getattr(text.resources, name).used == getattr(machine.resources, name).used
    assert machine.resources.lut.available == 53200


def test_the_plain_layout_before_2022_is_read(specimen):
    core = read(specimen(PLAIN))
    assert (core.version, core.part, core.stage) == ("2018.3", "xc7z020-clg400-1", "implementation")
    assert core.clock_ns == ExportClock(10.0, 7.913, 8.377)
    assert core.met is True
    assert core.others == {"srl": 12, "slice": 104}
    assert core.resources.uram.used is None and "resources.uram.used" in core.missing


def test_a_core_without_a_sequential_path_has_not_met_anything(specimen):
    core = read(specimen(PLAIN).replace("Timing met", "No Sequential Path").replace("8.377", "NA"))
    assert core.met is None and core.clock_ns.post_route is None
    assert core.missing["met"].startswith("No Sequential Path")


@pytest.mark.parametrize(
    ("name", "this", "that", "said"),
    [
        (ROUTED, "* Timing was NOT met", "* Timing was met", "contradicts the periods"),
        (PLAIN, "8.377", "10.377", "contradicts the periods"),
        (XML, "FALSE", "TRUE", "contradicts the periods"),
        (ROUTED, "LUT:   ", "LUTS:  ", "no resources"),
        (PLAIN, "CP required:", "CP desired: ", "no timing"),
        (ROUTED, "| 4.118 ", "| 4,118 ", "is no number"),
        (ROUTED, "|     (grp_scores_fu_71) ", "|         (grp_scores_71) ", "do not nest"),
        (XML, "<LUT>1873</LUT>", "<LUT>some</LUT>", "is no number"),
    ],
)
def test_what_cannot_be_is_refused(specimen, name, this, that, said):
    text = specimen(name)
    assert this in text
    with pytest.raises(ReportError, match=said):
        read(text.replace(this, that))
