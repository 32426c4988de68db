"""What an adoption changes in a source, and what it leaves as it is."""

from __future__ import annotations

import dataclasses
import difflib

import pytest
from bitwright.hls import adopt, source

from tests.hls.adopt.shapes import COUNTS, SHAPES


def result(found: adopt.Adopted) -> str:
    return found.files["net.cpp"].decode()


@pytest.mark.parametrize("shape", SHAPES)
def test_pragmas_of_each_class_are_counted(adopted, shape):
    assert dataclasses.astuple(adopted(SHAPES[shape]).counts) == COUNTS[shape]


@pytest.mark.parametrize("shape", SHAPES)
def test_only_pragmas_change_and_only_the_right_ones(adopted, shape):
    before, found = SHAPES[shape], adopted(SHAPES[shape])
    gone, come = [], []
    for line in difflib.ndiff(before.split("\n"), result(found).split("\n")):
        if line[0] == "-":
            gone.append(line[2:].strip())
        elif line[0] == "+":
            come.append(line[2:].strip())
    partitions = [line for line in gone if line.lower().startswith("#pragma hls array_partition")]
    assert len(partitions) == found.counts.removed
    assert all("cyclic dim=2 factor = 2" in line for line in gone if line not in partitions)
    assert all(line.startswith("#pragma HLS interface mode=") for line in come)


@pytest.mark.parametrize("shape", SHAPES)
def test_adopting_twice_changes_nothing(adopted, tmp_path, shape):
    first = adopted(SHAPES[shape])
    adopt.write(first, tmp_path / "out")
    second = adopt.adopt(tmp_path / "out" / "net.cpp", None, "net.cpp")
    assert second.files == first.files
    assert second.diff == ()
    assert adopt.write(second, tmp_path / "out") == ()


def test_line_ends_stay_as_they_are(adopted):
    text = result(adopted(SHAPES["handled"]))
    assert "\n" not in text.replace("\r\n", "")
    assert not text.endswith("\n")


def test_the_top_has_a_port_for_each_argument_and_ap_ctrl_hs(adopted):
    text = result(adopted(SHAPES["handled"]))
    (top,) = source.parse(text.encode(), "x").named("forward")
    assert [text[p.span.start : p.span.end] for p in top.pragmas_of("interface")] == [
        "#pragma HLS interface mode=m_axi offset=slave port=a bundle=gmem0"
        " max_widen_bitwidth=256 depth=32",
        "#pragma HLS interface mode=m_axi offset=slave port=b bundle=gmem1"
        " max_widen_bitwidth=256 depth=8",
        "#pragma HLS interface mode=s_axilite port=scale",
        "#pragma HLS interface mode=m_axi offset=slave port=c bundle=gmem2"
        " max_widen_bitwidth=256 depth=32",
        "#pragma HLS interface mode=s_axilite port=return",
        "#pragma HLS interface mode=ap_ctrl_hs port=return",
    ]


def test_bundles_and_widths_are_those_asked_for(adopted):
    found = adopted(SHAPES["opt5"], bundle="hbm", bundles={"v44": "hbm0"}, width=512)
    bundles = [(port.name, port.bundle, port.width) for port in found.design.memories]
    assert bundles == [("v41", "hbm0", 512), ("v42", "hbm1", 512), ("v43", "hbm2", 512),
                       ("v44", "hbm0", 512)]  # fmt: skip
    assert "port=v44 bundle=hbm0 max_widen_bitwidth=512" in result(found)


def test_a_port_is_never_narrower_than_an_element(adopted):
    found = adopted(SHAPES["opt1"], width=8)
    assert {port.width for port in found.design.memories} == {32}


ODD = {  # the top's first line, and what stands between the brace and the pragmas put in
    "void forward(float a[2]) { a[0] = a[1]; }": "",
    "void forward(float a[2]) {  // why\n a[0] = a[1]; }": "  // why",
    "void forward(float a[2]) { /* one */ /* two */\n a[0] = a[1]; }": " /* one */ /* two */",
    "void forward(float a[2]) { /* one\n two */ a[0] = a[1]; }": "",
    "void forward(float a[2]) {\t \r\n a[0] = a[1]; }": "\t ",
}


@pytest.mark.parametrize("text", ODD)
def test_pragmas_are_put_on_lines_of_their_own(adopted, text):
    after = result(adopted(text))
    end = "\r\n" if "\r\n" in text else "\n"
    lines = "".join(f"{end}  #pragma HLS interface mode={mode}" for mode in (
        "m_axi offset=slave port=a bundle=gmem0 max_widen_bitwidth=256 depth=2",
        "s_axilite port=return",
        "ap_ctrl_hs port=return",
    ))  # fmt: skip
    head, rest = text.split("{", 1)
    kept = ODD[text]
    joint = "" if kept else end
    assert after == f"{head}{{{kept}{lines}{joint}{rest.removeprefix(kept)}"


def test_a_comment_on_the_line_of_a_pragma_that_goes_stays(adopted):
    text = """void forward(float a[2]) {
/* here */ #pragma HLS array_partition variable=a complete
  a[0] = a[1]; }"""
    after = result(adopted(text))
    assert "array_partition" not in after
    assert "\n/* here */ \n" in after


def test_ports_that_are_there_stay_as_they_are(adopted):
    text = """void forward(float a[2], float b[2]) {
  #pragma HLS INTERFACE m_axi port = a offset=slave bundle=left max_widen_bitwidth=128
  #pragma HLS interface s_axilite port=return bundle=control
  b[0] = a[1]; }"""
    found = adopted(text)
    a, b = found.design.memories
    assert (a.bundle, a.width, b.bundle, b.width) == ("left", 128, "gmem1", 256)
    assert [line[1:] for line in found.diff if line[0] == "+"][1:] == [
        "  #pragma HLS interface mode=m_axi offset=slave port=b bundle=gmem1"
        " max_widen_bitwidth=256 depth=2",
        "  #pragma HLS interface mode=ap_ctrl_hs port=return",
    ]
    assert any("needs depth=2" in remark for remark in found.remarks)


def test_a_node_that_nothing_calls_keeps_its_pragmas(adopted):
    text = """void dead(float a[4]) {
  #pragma HLS array_partition variable=a complete
  a[0] = 1; }
void forward(float a[4]) { a[0] = a[1]; }"""
    assert adopted(text, top="forward").counts.bound_local == 1


def test_a_binding_goes_through_calls_of_calls(adopted):
    text = """void leaf(float p[4], float q[4]) {
  #pragma HLS array_partition variable=p complete
  #pragma HLS array_partition variable=q complete
  p[0] = q[0]; }
void node(float r[4]) { float s[4]; leaf(r, s); }
void forward(float a[4]) { node(a); }"""
    counts = adopted(text).counts
    assert (counts.bound_interface, counts.bound_local) == (1, 1)
