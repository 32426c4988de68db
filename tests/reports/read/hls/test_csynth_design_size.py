"""csynth_design_size, one design as text and as XML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls.csynth_design_size import parse_csynth_design_size

BOTH = ["vitis_hls-2023.2/csynth_design_size.rpt", "vitis_hls-2023.2/csynth_design_size.xml"]
HERE = Path("csynth_design_size.rpt")


def read(text: str):
    return parse_csynth_design_size(text, origin=HERE)


@pytest.mark.parametrize("name", BOTH)
def test_the_sizes_are_as_printed(specimen, name):
    design = read(specimen(name))
    assert design.instructions == 570
    assert [(step.phase, step.step, step.instructions) for step in design.steps] == [
        ("Compile/Link", "", 1204),
        ("Unroll/Inline", "(1) unroll", 902),
        ("Unroll/Inline", "(2) simplification", 611),
        ("HW Transforms", "(1) lowering", 588),
        ("HW Transforms", "(2) optimizations", 570),
    ]
    (top,) = design.functions
    assert [function.name for function in top.functions] == ["scores", "softmax"]
    assert top.instructions == {"Compile/Link": 1204, "Unroll/Inline": 611, "HW Transforms": 570}
    assert design.incomplete == ""


def test_text_and_xml_say_the_same(specimen):
    text, machine = (read(specimen(name)) for name in BOTH)
    assert text == machine


def test_a_function_that_was_inlined_has_no_size_and_its_calls_are_counted(specimen):
    clamp = read(specimen(BOTH[0])).functions[0].functions[0].functions[0]
    assert clamp.instructions == {"Compile/Link": 88, "Unroll/Inline": None, "HW Transforms": None}
    assert clamp.calls == {"Compile/Link": 2}


@pytest.mark.parametrize(
    ("name", "this", "that", "said"),
    [
        (BOTH[0], " 1,204 ", " 1.204 ", "is no number"),
        (BOTH[0], "|     clamp", "|         clamp", "does not fit|do not nest"),
        (BOTH[0], "| Location ", "| Places   ", "lacks a column"),
        (BOTH[1], 'col2="1204"', 'col2="many"', "is no number"),
        (BOTH[1], "Instructions per", "Constructions per", "a part is missing"),
        (BOTH[1], 'col0="Function"', 'col0="Functor"', "no column 'Function'"),
    ],
)
def test_what_cannot_be_is_refused(specimen, name, this, that, said):
    text = specimen(name)
    assert this in text
    with pytest.raises(ReportError, match=said):
        read(text.replace(this, that))


def test_settings_that_are_not_there_make_the_text_incomplete(specimen):
    text = specimen(BOTH[0])
    whole = read(text)
    part = read(text[: text.index("* Design Size Message")])
    assert "Message Settings" in part.incomplete
    assert replace(part, incomplete="", settings=whole.settings) == whole
