"""Two components differ where a block design, or a person, would see it, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.ipxact import compare, read, write
from bitwright.ipxact.model import Checksum, Component, Port, Range, Value, Vlnv
from hypothesis import HealthCheck, given, settings

from tests.ipxact import corpus
from tests.ipxact.strategies import components
from tests.ipxact.test_structure import GOOD

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@given(components)
@QUICK
def test_a_component_is_equal_to_itself_in_any_order(component: Component):
    turned = replace(
        component,
        ports=component.ports[::-1],
        file_sets=component.file_sets,
        core=replace(component.core, created="now", checksums=(Checksum("ports", "1"),)),
    )
    unique = len({port.name for port in component.ports}) == len(component.ports)
    assert not unique or compare.compare(component, turned) == ()


@corpus.needed
@pytest.mark.parametrize("path", corpus.FILES[:6], ids=lambda path: path.name[:-14])
def test_another_packaging_of_a_public_core_is_the_same_core(path: Path):
    component = read.load(path)
    again = replace(
        component,
        bus_interfaces=component.bus_interfaces[::-1],
        core=replace(component.core, created="", checksums=(), tags=(), tool_version="2030.1"),
    )
    assert compare.compare(component, again) == ()


def _other(**changes: object) -> Component:
    return replace(GOOD, **changes)  # type: ignore[arg-type]


CLOCK = GOOD.bus_interfaces[0]


@pytest.mark.parametrize(
    ("other", "told", "matters"),
    [
        (_other(vlnv=Vlnv("bitwright", "rtl", "small", "2.0.0")), "name: ", True),
        (_other(bus_interfaces=()), "interface clk", True),
        (_other(bus_interfaces=(replace(CLOCK, mode="master"),)), "interface clk: ", True),
        (_other(ports=(Port("clk", "in"),)), "port clk: in [31:0] | in", True),
        (_other(ports=(Port("clk", "in", Range(Value("0x1F"), Value("0"))),)), "", False),
        (_other(doc="another"), "", False),
        (_other(file_sets=()), "synthesis: a.v: verilogSource | nothing", False),
        (_other(views=(replace(GOOD.views[0], model="t"),)), "synthesis: top: nothing | t", True),
    ],
)
def test_a_difference_is_told_with_both_sides_and_its_weight(
    other: Component, told: str, matters: bool
):
    found = compare.compare(GOOD, other)
    assert {one.matters for one in found} == ({matters} if told else set())
    assert all(told in str(one) for one in found)


def test_the_command_ends_with_the_status_that_a_gate_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    texts = {"a": GOOD, "b": _other(file_sets=()), "c": _other(ports=())}
    for name, component in texts.items():
        (tmp_path / name).write_text(write.write(component), encoding="utf-8")
    ends = [compare.main([str(tmp_path / "a"), str(tmp_path / name)]) for name in "abcd"]
    assert ends == [0, 0, compare.DIFFERENT, 1]
    printed = capsys.readouterr().out
    assert "aside  synthesis: a.v" in printed and "differs  port clk" in printed
    assert "ERROR: " in printed
