"""Ports and parameters are those of the elaborated module; what no package can have is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bitwright.errors import ConfigError, ToolError
from bitwright.ipxact import infer, of_kernel, rtl, wrapper
from bitwright.ipxact.rtl import Module, Wire
from hypothesis import given
from hypothesis import strategies as st

SMALL = """module tiny #(
    parameter int unsigned Width = 8, parameter integer Depth = 4 * Width,
    parameter Name = "text", parameter Free = 3, parameter real Ratio = 0.5,
    localparam int Twice = 2 * Width
) (
    input logic clk, input logic [Width-1:0] a, output logic [0:0] b, output wire [0:Twice-1] c,
    inout wire io, input logic signed [3:2] d, input int e
);
endmodule
"""


def elaborate(text: str, folder: Path, top: str = "tiny", **parameters: int) -> Module:
    path = folder / "tiny.sv"
    path.write_text(text, encoding="utf-8")
    return rtl.elaborate([path], top, parameters=parameters, folder=folder / "made")


def test_widths_are_numbers_with_the_parameters_applied(tmp_path: Path):
    (tmp_path / "made").mkdir()
    assert elaborate(SMALL, tmp_path, Width=16) == Module(
        "tiny",
        (
            Wire("clk", "in"),
            Wire("a", "in", 15, 0),
            Wire("b", "out", 0, 0),
            Wire("c", "out", 0, 31),
            Wire("io", "inout"),
            Wire("d", "in", 3, 2),
            Wire("e", "in", 31, 0),
        ),
        (("Width", 16), ("Depth", 64), ("Free", 3)),
    )


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("input logic [1:0][3:0] a", "port a is a packarraydtype"),
        ("input struct packed {logic x;} a", "port a is a "),
        ("input real a", "port a is a "),
        ("input logic [7:0] a [2]", "port a is a "),
    ],
)
def test_a_port_that_verilog_2001_has_not_is_refused(tmp_path: Path, port: str, told: str):
    (tmp_path / "made").mkdir()
    with pytest.raises(ConfigError, match=told):
        elaborate(f"module tiny ({port}); endmodule\n", tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("module tiny (input a); wire", "Verilator refuses it"),
        ("module other; endmodule", "tiny"),
    ],
)
def test_what_does_not_elaborate_is_told(tmp_path: Path, text: str, told: str):
    (tmp_path / "made").mkdir()
    with pytest.raises(ConfigError, match=told):
        elaborate(text + "\n", tmp_path)


def test_a_machine_without_verilator_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="verilator is missing"):
        elaborate(SMALL, tmp_path)


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}_x", fullmatch=True)
WIRES = st.builds(
    lambda name, direction, ends: Wire(name, direction, *ends),
    NAMES,
    st.sampled_from(["in", "out", "inout"]),
    st.sampled_from([(None, None), (0, 0), (31, 0), (0, 7), (9, 4)]),
)


@given(
    st.lists(WIRES, min_size=1, max_size=5, unique_by=lambda wire: wire.name),
    st.dictionaries(NAMES.map(str.upper), st.integers(0, 2**31 - 1), max_size=3),
    st.booleans(),
)
def test_a_wrapper_is_balanced_and_names_every_port_twice(
    wires: list[Wire], parameters: dict[str, int], fixed: bool
):
    module = Module("tiny", tuple(wires), tuple(parameters.items()))
    text = wrapper.render(module, (), fixed=fixed)
    assert text.count("(") == text.count(")")
    assert ",)" not in "".join(text.split())
    for wire in wires:
        assert text.count(f".{wire.name}({wire.name})") == 1
    assert ("parameter integer" in text) == (bool(parameters) and not fixed)


@pytest.mark.parametrize("fixed", [True, False])
def test_a_wrapper_has_the_ports_of_its_module_when_elaborated(tmp_path: Path, fixed: bool):
    (tmp_path / "made").mkdir()
    text = SMALL.replace(', parameter Name = "text"', "").replace(
        "parameter real Ratio = 0.5, ", ""
    )
    module = elaborate(text, tmp_path, Width=16)
    interfaces = infer.interfaces(of_kernel.ports(module))
    top = tmp_path / "tiny_top.v"
    top.write_text(wrapper.render(module, interfaces, fixed=fixed), encoding="utf-8")
    around = rtl.elaborate([tmp_path / "tiny.sv", top], "tiny_top", folder=tmp_path / "made")
    assert around.ports == module.ports
    assert around.parameters == (() if fixed else module.parameters)
    assert 'X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 clk CLK"' in top.read_text("utf-8")
