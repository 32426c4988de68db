"""A design as Tcl, and what the interpreter makes of it: the same design."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright import design
from bitwright.blockdesign import catalogue, elaborate, tcl
from bitwright.blockdesign.interpreter import Interpreter, imported
from bitwright.blockdesign.model import BlockDesign
from hypothesis import given, settings

from tests.blockdesign.designs import designs

ROOT = Path(__file__).parents[2]
KNOWN = catalogue.load(ROOT)
SPECIMENS = sorted((ROOT / "tests/specimens/bd").glob("*.tcl"))
WITH_DESIGN = ("kv260", "pynq-z2", "u280", "zcu104")  # targets whose kernels Vivado joins


def again(made: BlockDesign, known: catalogue.Catalogue, *, strict: bool) -> BlockDesign:
    interpreter = Interpreter(known, strict=strict)
    interpreter.run(tcl.render(made, catalogue=known), "rendered.tcl")
    assert interpreter.notes == ()  # nothing was taken for granted
    return interpreter.design()


@pytest.mark.parametrize("target", WITH_DESIGN)
@pytest.mark.parametrize("config", ("tiny", "gpt2-medium"))
def test_our_designs_come_back_from_a_strict_interpreter(config, target):
    try:
        loaded = design.load(config, target=target, root=ROOT)
        made = elaborate.of(loaded, ROOT)
    except elaborate.ConfigError as error:
        pytest.skip(f"{config} does not go on {target}: {str(error).splitlines()[0]}")
    known = KNOWN.of_kernels(kernel for _, kernel in elaborate.kernels(loaded))
    assert again(made, known, strict=True) == made


@given(designs())
@settings(max_examples=150)
def test_any_design_comes_back(made):
    assert again(made, KNOWN, strict=False) == made


@pytest.mark.parametrize("path", SPECIMENS, ids=lambda path: path.stem)
def test_an_imported_design_comes_back(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    made = imported(path).design
    assert made.cells and made.nets
    assert again(made, KNOWN, strict=False) == made
