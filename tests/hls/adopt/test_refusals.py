"""What is refused: with the line, and with nothing written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.hls import adopt
from bitwright.hls.adopt import command

from tests.hls.adopt.conftest import put
from tests.hls.adopt.shapes import OPT1, OPT5

TOP = "void forward(float v0[4], float v1[4]) {\n  #pragma HLS DATAFLOW\n  node0(v0, v1);\n}\n"
NODE = "void node0(float v2[4], float v3[4]) {\n  v3[0] = v2[0];\n}\n"
GOOD = NODE + TOP


def top(old: str, new: str) -> str:
    assert old in TOP
    return NODE + TOP.replace(old, new)


REFUSED: dict[str, tuple[str, str]] = {
    # No top, or not the right one
    "no function": ("int x;\n", "net.cpp: no top function (it defines no function)"),
    "several tops": (
        NODE.replace("node0", "left") + NODE.replace("node0", "right"),
        "net.cpp:1: left could be the top\nnet.cpp:4: right could be the top\n  expected  one",
    ),
    "two of one name": (GOOD + TOP, "net.cpp:4: forward could be the top\nnet.cpp:8: forward"),
    "a top that returns": (
        top("void forward", "float forward"), "net.cpp:4: forward returns float; a top returns void"
    ),
    "a template": (
        NODE + "template <int N>\n" + TOP, "net.cpp:5: forward is a template; a top is one function"
    ),
    "a namespace": (
        NODE + "namespace a {\n" + TOP + "}\n", "net.cpp:5: forward stands in a; a top stands at"
    ),
    "a name no kernel has": (
        GOOD.replace("forward", "Forward"), "net.cpp:4: Forward: cannot name a kernel: a name is"
    ),
    "no arguments": ("void forward() {\n}\n", "net.cpp:1: forward has no arguments"),
    "recursion": (top("node0(v0, v1)", "forward(v0, v1)"), "net.cpp:6: forward calls itself"),
    # Arguments that are no ports
    "a stream": (
        top("float v0[4]", "hls::stream<float> &v0"), "net.cpp:4: v0 is a stream; a host gives"
    ),
    "streams in an array": (top("float v0[4]", "hls::stream<float> v0[4]"), "net.cpp:4: v0 is a s"),
    "a pointer": (top("float v0[4]", "float *v0"), "net.cpp:4: v0: a pointer, so its size is unkn"),
    "no size": (top("float v0[4]", "float v0[]"), "net.cpp:4: v0: its size [] is unknown"),
    "a size that is no number": (
        top("float v0[4]", "float v0[N][4]"), "net.cpp:4: v0: its size [N] is unknown; write a num"
    ),
    "a size of zero": (top("float v0[4]", "float v0[4][0]"), "net.cpp:4: v0: its size [0] is 0"),
    "an element without a format": (
        top("float v0[4]", "double v0[4]"), "net.cpp:4: v0: no number format for elements of type"
    ),
    "a scalar that comes out": (
        top("float v1[4]", "float &v1"), "net.cpp:4: v1: a scalar by reference; hosts write scal"
    ),
    "an argument that nothing uses": (
        top("float v1[4]", "float v1[4], float v9[4]"), "net.cpp:4: v9: is neither read nor written"
    ),
    # Names
    "no name": (top("float v0[4]", "float [4]"), "net.cpp:4: an argument without a name"),
    "a port's name": (
        GOOD.replace("v0", "ap_clk"), "net.cpp:4: ap_clk: every kernel has a port of that name"
    ),
    "a bus's name": (
        GOOD.replace("v0", "m_axi_gmem0"), "net.cpp:4: m_axi_gmem0: every kernel has a port of th"
    ),
    "a name the tool changes": (
        GOOD.replace("v0", "in"), "net.cpp:4: in: cannot name an argument: a name is"
    ),
    "the register map's name": (GOOD.replace("v0", "ctrl"), "net.cpp:4: ctrl: cannot name an arg"),
    "a bundle's name": (GOOD.replace("v0", "gmem1"), "net.cpp:4: gmem1: a bundle has that name"),
    "a register twice": (
        top("float v1[4]", "float v1[4], float v1_lo").replace("v1);", "v1);"),
        "net.cpp:4: v1_lo: its register 'v1_lo' is also that of 'v1'",
    ),
    "a top that nothing else can call": (
        top("void forward", "static void forward"), "net.cpp:4: forward is static, so no test be"
    ),
    # What the checker of HLS sources calls an error
    "a misspelt pragma": (top("DATAFLOW", "dataflw"), "net.cpp:5: unknown-pragma: "),
    "a pragma of nothing": (
        NODE.replace("{\n", "{\n  #pragma HLS array_partition variable=v9 complete\n") + TOP,
        "net.cpp:2: unknown-variable: array_partition: there is no variable 'v9'; name a",
    ),
    "a node that calls itself": (
        NODE.replace("v3[0]", "node0(v2, v3);\n  v3[0]") + TOP, "net.cpp:2: recursion: node0"
    ),
    "memory from a heap": (
        NODE.replace("{\n", "{\n  float *t = new float[4];\n") + TOP,
        "net.cpp:2: dynamic-memory: node0 calls new",
    ),
    "a loop without an end": (
        NODE.replace("v3[0]", "for (;;) v3[0]") + TOP, "net.cpp:2: endless-loop: for in node0"
    ),
    "a stream with two readers": (
        OPT1.replace("  node0(v40, v39);", "  node0(v40, v39);\n  float v98[1][4][8];\n"
        "  node0(v40, v98);"),
        "dataflow-channel: stream v40 is read by node0 (line 115) and node0 (line 117)",
    ),
    "a reader before the writer": (
        OPT1.replace("  node1(v41, v37, v40, 0.000000);\n  node0(v40, v39);",
        "  node0(v40, v39);\n  node1(v41, v37, v40, 0.000000);"),
        "net.cpp:114: dataflow-feedback: stream v40 is read by node0 before node1 writes it",
    ),
    # Elements that are not there
    "an index that is a number": (
        NODE.replace("v2[0]", "v2[4]") + TOP,
        "net.cpp:2: v2 has 4 elements there, and the index 4 goes to 4",
    ),
    "a loop that turns once too often": (
        OPT1.replace("v33 < 4", "v33 < 5"),
        "net.cpp:93: v31 has 4 elements there, and the index v33 goes to 4",
    ),
    "an index that looks ahead": (
        OPT5.replace("v7[(v12 + (v10 * 2))]", "v7[(v12 + (v10 * 2)) + 1]"),
        "v7 has 4 elements there, and the index (v12 + (v10 * 2)) + 1 goes to 4",
    ),
    # Processes
    "an array that two read": (
        top("node0(v0, v1);", "node0(v0, v1);\n  float t[4];\n  node0(v0, t);"),
        "net.cpp:8: v0 is used by 2 processes (node0 in line 6 reads, node0 in line 8 reads); in a"
        " DATAFLOW region an argument can be used in one (HLS 200-977)\n  next      give each",
    ),
    "an array read here, written there": (
        top("node0(v0, v1);", "node0(v0, v1);\n  float t[4];\n  node0(v1, t);"),
        "net.cpp:8: v1 is used by 2 processes (node0 in line 6 writes, node0 in line 8 reads)",
    ),
    "a loop and a node": (
        top("node0(v0, v1);", "loop0: for (int i = 0; i < 4; i++) v1[i] = 0;\n  node0(v0, v1);"),
        "net.cpp:7: v1 is used by 2 processes (loop loop0 in line 6 writes, node0 in line 7 wri",
    ),
    "a pragma that must go and stay": (
        NODE.replace("{\n", "{\n  #pragma HLS array_partition variable=v2 complete\n")
        + "void forward(float v0[4], float v1[4]) {\n  float t[4];\n  node0(v0, t);\n"
        "  node0(t, v1);\n}\n",
        "net.cpp:2: v2: at one call of node0 it is an argument of the top, which loses the pragma",
    ),
    "one that must stay for a local further down": (
        "float pick(float v4[4]) {\n  #pragma HLS array_partition variable=v4 complete\n"
        "  return v4[1];\n}\n"
        + NODE.replace("v3[0] = v2[0];", "float t[4];\n  t[1] = 1;\n  v3[0] = pick(v2) + pick(t);")
        + TOP,
        "net.cpp:2: v4: at one call of pick it is an argument of the top, which loses the pragma",
    ),
    "another name of an argument": (
        NODE.replace("{\n", "{\n  const float (&r)[4] = v2;\n") + TOP,
        "net.cpp:2: r is another name of v0; use the one name",
    ),
    "a pointer to an argument": (
        NODE.replace("{\n", "{\n  float *r = &v2[0];\n") + TOP,
        "net.cpp:2: r is another name of v0; use the one name",
    ),
    "a reference that reads as a call": (
        NODE.replace("{\n", "{\n  float (&r)[4] = v2;\n") + TOP,
        "net.cpp:2: r refers to an array under another name; use the one name",
    ),
    "a pragma that is no directive": (
        NODE.replace("{\n", '{\n  _Pragma("HLS array_partition variable=v2");\n') + TOP,
        "net.cpp:2: _Pragma(...) is not read here; write #pragma",
    ),
    "more arguments than registers": (
        "void forward(" + ", ".join(f"int a{i}[1]" for i in range(170)) + ") {\n"
        + "".join(f"  a{i}[0] = 0;\n" for i in range(170)) + "}\n",
        "net.cpp:1: 170 arguments: their registers end above 0x800",
    ),
    # Interfaces that are there
    "another interface": (
        top("DATAFLOW", "interface bram port=v0"), "net.cpp:5: v0 has an interface bram already"
    ),
    "another control bus": (
        top("DATAFLOW", "interface s_axilite port=return bundle=ctrl"),
        "net.cpp:5: return goes to s_axi_ctrl; a kernel has s_axi_control alone",
    ),
    "another protocol": (
        top("DATAFLOW", "interface mode=ap_ctrl_chain port=return"),
        "net.cpp:5: return has the protocol ap_ctrl_chain; a kernel has ap_ctrl_hs",
    ),
    "an address from elsewhere": (
        top("DATAFLOW", "interface mode=m_axi port=v0 offset=off"), "net.cpp:5: v0: offset=off;"
    ),
    # Files
    "not C++": ("def forward(x):\n    return x @ w\n", "net.cpp:1: syntax error"),
    "cut off": (OPT5[: len(OPT5) // 2], "is the file cut off?"),
}  # fmt: skip


COMPILED = {  # what g++ finds, and no reading of one file does
    "a name that is not declared": (
        top("node0(v0, v1)", "node0(v0, v10)"),
        "net.cpp:6: 'v10' was not declared in this scope",
    ),
    "an argument short": (top("node0(v0, v1)", "node0(v0)"), "net.cpp:6: too few arguments to"),
    "another shape": (
        (NODE + TOP).replace("v2[4]", "v2[2][4]").replace("v2[0]", "v2[0][0]")
        .replace("v0[4]", "v0[4][2]"),
        "net.cpp:6: cannot convert 'float (*)[2]' to 'float (*)[4]'",
    ),
    "a function of another file": (
        top("node0(v0", "node1(v0"), "net.cpp:6: 'node1' was not declared in this scope"
    ),
    "a misspelt function, given a stream": (
        "#include <hls_stream.h>\n" + GOOD.replace("v3[0]", "hls::stream<float> s; nod(s); v3[0]"),
        "net.cpp:3: 'nod' was not declared",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COMPILED)
def test_what_is_no_cpp_is_refused_with_the_lines_of_the_compiler(
    tmp_path: Path, monkeypatch, capsys, case
):
    if shutil.which("g++") is None:
        pytest.skip("no g++")
    text, message = COMPILED[case]
    monkeypatch.chdir(tmp_path)
    put(tmp_path, text)
    assert command.main(["net.cpp", "--out", "made"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(message), said
    assert [path.name for path in tmp_path.iterdir()] == ["net.cpp"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("#include <ap_axi_sdata.h>\n" + GOOD, "net.cpp:1: ap_axi_sdata.h is not here; so g++ did"),
        ('#include "nodes.h"\n' + GOOD, "net.cpp:1: nodes.h is not here; so g++ did not check"),
        (
            "#include <hls_math.h>\n" + GOOD.replace("= v2[0]", "= hls::lgamma_r_cr(v2[0])"),
            "net.cpp:3: 'lgamma_r_cr' is not a member of 'hls'; so g++ did not check",
        ),
    ],
    ids=["a vendor's header", "a header of one's own", "a function of the vendor"],
)
def test_what_only_the_headers_here_lack_is_told_and_adopted(
    tmp_path: Path, monkeypatch, capsys, text, note
):
    if shutil.which("g++") is None:
        pytest.skip("no g++")
    monkeypatch.chdir(tmp_path)
    put(tmp_path, text)
    assert command.main(["net.cpp", "--out", "made"]) == 0
    assert f"warning: {note}" in capsys.readouterr().err


def test_without_a_compiler_it_is_told_that_none_read_the_source(
    tmp_path: Path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    put(tmp_path, GOOD)
    assert command.main(["net.cpp", "--out", "made"]) == 0
    assert capsys.readouterr().err == "warning: net.cpp: not compiled: no g++ on PATH\n"


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_is_refused_with_its_line_and_nothing_is_written(
    tmp_path: Path, monkeypatch, capsys, case
):
    """Also where no compiler would have refused it first."""
    text, message = REFUSED[case]
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    put(tmp_path, text)
    assert command.main(["net.cpp", "--out", "made/here"]) == 1
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["net.cpp"]


def test_the_source_that_they_are_made_of_is_good(tmp_path: Path):
    assert adopt.adopt(put(tmp_path, GOOD)).remarks == ()


@pytest.mark.parametrize(
    "code",
    [
        "for (int i = 0; i < 4; i++) v3[i] = v2[i];",
        "for (int i = 0; i < 5; i++) if (i < 4) v3[i] = v2[i];",
        "for (int i = 0; i < 5; i++) { if (i == 4) break; v3[i] = v2[i]; }",
        "for (int i = 0; i < 5; i++) v3[i % 4] = v2[4 - i - (i == 0)];",
        "for (int i = 0; i < 5; i++) { v3[i < 4 ? i : 0] = i < 4 ? v2[i] : 0; }",
        "for (int i = 0; i < 8; i += 2) v3[i / 2] = v2[i >> 1];",
        "for (int i = 0; i < 0; i++) v3[i + 9] = v2[i + 9];",
        "for (int i = 0; i < 9; i++) { v3[i] = v2[i]; i += 2; if (i > 1) break; }",
        "#if 0\n  v3[9] = 0;\n#endif\n  v3[0] = v2[0];",
    ],
)
def test_an_index_that_may_be_right_is_not_refused(tmp_path: Path, code: str):
    text = NODE.replace("v3[0] = v2[0];", code) + TOP
    assert adopt.adopt(put(tmp_path, text)).design.top.name == "forward"


def test_the_address_of_a_variable_of_the_file_is_no_other_name(tmp_path: Path):
    text = "float table[4];\n" + NODE.replace("{\n", "{\n  use(&table);\n") + TOP
    assert adopt.adopt(put(tmp_path, text)).remarks == ()


BYTES = {
    "not UTF-8": (b"// caf\xe9\n" + OPT1.encode(), "net.cpp:1: byte 0xe9 is not UTF-8"),
    "a binary": (b"\x7fELF\0\0" + OPT1.encode(), "net.cpp:1: a zero byte"),
    "20 MB": (
        b"// x\n" * 4_194_304,
        "net.cpp:838861: at most 4 MB of C++ are read from one file; this one has 20.0 MB",
    ),
    "empty": (b"", "net.cpp: no top function"),
}


@pytest.mark.parametrize("case", BYTES)
def test_bytes_that_are_no_source_are_refused(tmp_path: Path, monkeypatch, capsys, case):
    data, message = BYTES[case]
    monkeypatch.chdir(tmp_path)
    put(tmp_path, data)
    assert command.main(["net.cpp", "--out", "made"]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--width", "200"], "width 200: expected one of 8, 16, 32, 64"),
        (["--width", "wide"], "width: expected a whole number, found 'wide'"),
        (["--bundle", "GMEM"], "bundle 'GMEM': a name is up to 32"),
        (["--bundles", "v0"], "bundles: expected argument=bundle once each, found 'v0'"),
        (["--bundles", "v8=gmem0"], "net.cpp:4: v8: has a bundle, but is no array argument"),
        (["--vlnv", "a:b:c:1.0"], "expected 'forward' as its third part"),
        (["--vlnv", "a:b"], "expected vendor:library:top:1.0"),
        (["--export", "zip"], "expected ip_catalog or xo"),
        (["--top", "foward"], "no function 'foward'; did you mean 'forward'?"),
        (["--part", "foo"], "part 'foo': expected a device such as xcu280-fsvh2892-2L-e"),
        (["--clock-ns", "0"], "clock_ns: expected a period in ns above 0"),
    ],
)
def test_what_is_asked_is_checked(tmp_path: Path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, GOOD)
    assert command.main(["net.cpp", "--out", "made", *arguments]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_a_port_that_is_there_gets_no_other_bundle(tmp_path: Path):
    path = put(tmp_path, top("DATAFLOW", "interface mode=m_axi port=v0 bundle=left"))
    with pytest.raises(ConfigError, match=r":5: v0 has the bundle left already; change it here"):
        adopt.adopt(path, adopt.Request(bundles={"v0": "right"}))
    assert adopt.adopt(path).design.ports[0].bundle == "left"


@pytest.mark.parametrize("name", ["net.h", "net one.cpp", "-net.cpp", "$(id).cpp"])
def test_a_name_that_no_script_can_hold_is_refused(tmp_path: Path, name):
    with pytest.raises(ConfigError, match="expected a C"):
        adopt.adopt(put(tmp_path, GOOD, name))


def test_files_of_others_are_not_replaced(tmp_path: Path):
    found = adopt.adopt(put(tmp_path, GOOD))
    (tmp_path / "made").mkdir()
    other = tmp_path / "made" / "kernel.yml"
    other.write_text("mine\n")
    with pytest.raises(ConfigError, match=r"has another kernel\.yml"):
        adopt.write(found, tmp_path / "made")
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["kernel.yml"]
    assert other.read_text() == "mine\n"
    assert "kernel.yml" in adopt.write(found, tmp_path / "made", force=True)
    assert other.read_bytes() == found.files["kernel.yml"]
    with pytest.raises(ConfigError, match="expected a folder"):
        adopt.write(found, other)


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch):
    found = adopt.adopt(put(tmp_path, GOOD))

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ConfigError, match="No space left on device"):
        adopt.write(found, tmp_path / "a" / "b" / "c")
    assert [path.name for path in tmp_path.iterdir()] == ["net.cpp"]
