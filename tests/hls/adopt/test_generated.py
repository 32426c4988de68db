"""Programs that nobody wrote by hand: the right pragmas go, whatever the program looks like."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.hls import adopt, source
from bitwright.hls.adopt import command
from hypothesis import given
from hypothesis import strategies as st

from tests.hls.adopt.shapes import SHAPES

PRAGMA = "#pragma HLS array_partition variable={} cyclic dim=1 factor=2"
SPELLINGS = {  # how a pragma is written -> what of its line stays
    PRAGMA: "",
    "#pragma HLS ARRAY_PARTITION variable = {} complete": "",
    "#pragma HLS array_partition cyclic variable={} \\\n      factor=2": "",
    "#  pragma  HLS  array_partition variable={}  // factor=3": "",
    "#pragma HLS array_partition dim=1 variable={} /* all of it */": " /* all of it */",
}
GAPS = ("", "\n", "  // #pragma HLS array_partition variable=p0\n", "\t\n")
CODE = """\
  float {own}[8];
  for (int k = 0; k < 8; k++) {{
    {own}[k] = {x}[k];
    {y}[k] = {own}[k];
  }}
}}
"""


@dataclass
class Program:
    text: str = ""
    wanted: str = ""  # the same without the pragmas that must go
    removed: int = 0
    kept: int = 0

    def add(self, text: str) -> None:
        self.text += text
        self.wanted += text

    def pragma(self, name: str, spelling: str, goes: bool) -> None:
        line = "  " + spelling.format(name) + "\n"
        stays = SPELLINGS[spelling]
        self.text += line
        self.wanted += line if not goes else f"  {stays}\n" if stays else ""
        self.removed += goes
        self.kept += not goes


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """A top over some nodes; each node moves one array into another and holds one of its own.

    Nodes read arguments i0, i1, ..., write arguments o0, o1, ... or locals of the top between them.
    Parameters have the same names in all of them, or those of the top's own arrays, to confuse.
    """
    program = Program()
    count, same = draw(st.integers(1, 4)), draw(st.booleans())
    calls, ports = [], []

    def pragmas(name: str, goes: bool) -> None:
        for spelling in draw(st.lists(st.sampled_from(list(SPELLINGS)), max_size=2)):
            program.pragma(name, spelling, goes)
            program.add(draw(st.sampled_from(GAPS)))

    for k in range(count):
        x, y, own = ("t0", "i0", "l") if same else (f"p{k}", f"q{k}", f"l{k}")
        source = f"i{k}" if k == 0 or draw(st.booleans()) else f"t{k - 1}"
        sink = f"o{k}" if k == count - 1 or draw(st.booleans()) else f"t{k}"
        ports += [name for name in (source, sink) if name[0] in "io"]
        calls.append(f"  node{k}({source}, {sink});\n")
        program.add(f"void node{k}(\n  float {x}[8],  // not {y}[8],\n  float {y}[8]\n) {{\n")
        pragmas(x, source[0] == "i")
        pragmas(y, sink[0] == "o")
        program.add(CODE.format(own=own, x=x, y=y))
    program.add("void forward(" + ",\n  ".join(f"float {name}[8]" for name in ports) + ") {\n")
    for name in ports:
        pragmas(name, True)
    for k in range(count):
        program.add(f"  float t{k}[8];\n")
        pragmas(f"t{k}", False)
    program.add("".join(calls) + "}" + draw(st.sampled_from(["", "\n"])))
    if draw(st.booleans()):
        program.text = program.text.replace("\n", "\r\n")
        program.wanted = program.wanted.replace("\n", "\r\n")
    return program


def adopted(text: str) -> adopt.Adopted:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "net.cpp")
        path.write_bytes(text.encode())
        return adopt.adopt(path, None, "net.cpp")


@given(programs())
def test_exactly_the_pragmas_of_what_is_behind_a_port_go(program: Program):
    found = adopted(program.text)
    after = found.files["net.cpp"].decode()
    mine = [line for line in after.splitlines(True) if "#pragma HLS interface mode=" in line]
    assert after.replace("".join(mine), "") == program.wanted
    assert {line[-2:] for line in mine} <= ({"\r\n"} if "\r\n" in program.text else {"8\n", "n\n"})
    assert (found.counts.removed, found.counts.kept) == (program.removed, program.kept)
    again = adopted(after)
    assert again.files == found.files


@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_a_damaged_file_is_adopted_or_refused_and_never_half_written(
    shape: str, data: st.DataObject
):
    text = SHAPES[shape].encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(
        st.integers(start, min(len(text), start + data.draw(st.sampled_from([1, 9, 4000]))))
    )
    damaged = text[:start] + data.draw(st.binary(max_size=4)) + text[end:]
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "net.cpp"), Path(folder, "out")
        path.write_bytes(damaged)
        try:
            found = adopt.adopt(path)
        except ConfigError:
            assert command.main([str(path), "--out", str(out)]) == 1
            assert not out.exists()
            return
        adopt.write(found, out)
        assert sorted(p.name for p in out.iterdir()) == sorted(found.files)
        assert not source.parse(found.files["net.cpp"], "x").faults


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_cut_off_anywhere_is_refused(shape: str):
    text = SHAPES[shape].rstrip()
    for end in range(text.index("void"), len(text), 97):
        if text[:end].rstrip().endswith("}") and text.count("{", 0, end) == text.count("}", 0, end):
            continue  # whole functions: another program, which has several tops
        with pytest.raises(ConfigError):
            adopted(text[:end])
