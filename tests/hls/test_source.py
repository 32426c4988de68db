"""What `bitwright.hls.source` reads out of C++."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.hls import source
from hypothesis import given
from hypothesis import strategies as st

NODES = """\
#define LANES 8
constexpr int Rows = 2 * LANES;
namespace deep { namespace er {
template <int N, class T>
void generic(const T (&x)[N], hls::stream<hls::vector<T, 4>>& out) {
  #pragma HLS INLINE off
lanes: for (int i = 0; i < N; ++i) out.write(x[i]);
}
} }
void node0(
  float v0[Rows][4],  // float old[3],
  hls::stream<float> v1[3][2],
  hls::stream<float> &v2,
  float v3 /* a comment, here */
) {
  #pragma HLS array_partition variable=v0 \\
      cyclic dim=2 factor = 4  // why
  float v4[16];
  loop0: for (int v5 = 0; v5 < 16; v5 += 2) {
    #pragma HLS pipeline II=1
    for (int v6 = 3; v6 >= 0; v6--) {
      float v7 = v0[v5][v6];
      v4[v5] = v7 + v3;
      v4[v5 + 1] += 0.000000;
    }
    v1[0][1].write(v4[v5]);
    float v8 = v2.read();
    v2 >> v8;
  }
}
void forward(float a[16][4]) {
  #pragma HLS DATAFLOW
  hls::stream<float> s[3][2];
  hls::stream<float> t("fifo_0");
  node0(a, s, t, 0.000000);
  deep::er::generic<16, float>(a[0], t);
}
"""


def read(text: str) -> source.Source:
    return source.parse(text.encode(), "x.cpp")


def function(text: str, name: str) -> source.Function:
    (found,) = read(text).named(name)
    return found


def test_parameters_keep_type_sizes_and_how_they_are_passed():
    v0, v1, v2, v3 = function(NODES, "node0").parameters
    assert (v0.type, v0.dims, v0.sizes, v0.array) == ("float", ("Rows", "4"), (16, 4), True)
    assert (v1.type, v1.sizes, v1.passed) == ("hls::stream<float>", (3, 2), "value")
    assert (v2.passed, v2.stream, v2.element, v2.array) == ("reference", True, "float", False)
    assert (v3.name, v3.dims, v3.array) == ("v3", (), False)


def test_a_template_in_namespaces_has_its_plain_name_and_sizes_without_numbers():
    found = function(NODES, "generic")
    x, out = found.parameters
    assert (found.space, found.template) == (("deep", "er"), True)
    assert (x.const, x.passed, x.dims, x.sizes) == (True, "reference", ("N",), (None,))
    assert out.element == "hls::vector<T, 4>"
    assert [(loop.label, loop.trips) for loop in found.loops] == [("lanes", None)]


def test_a_pragma_over_two_lines_is_one_with_its_comment_left_out():
    partition, pipeline = function(NODES, "node0").pragmas
    assert (partition.directive, partition.words) == ("array_partition", ("cyclic",))
    assert partition.options == {"variable": "v0", "dim": "2", "factor": "4"}
    assert (partition.loop, pipeline.loop) == (None, 0)


def test_loops_know_label_counter_trips_and_parent():
    outer, inner = function(NODES, "node0").loops
    assert (outer.label, outer.counter, outer.trips, outer.parent) == ("loop0", "v5", 8, None)
    assert (inner.label, inner.counter, inner.trips, inner.parent) == ("", "v6", 4, 0)


def test_accesses_tell_reading_from_writing():
    found = function(NODES, "node0").accesses
    modes = [
        (a.variable.name, a.mode)
        for a in found
        if a.variable.name in ("v0", "v1", "v2", "v4", "v8")
    ]
    assert modes == [
        *(("v0", "read"), ("v4", "write"), ("v4", "update"), ("v1", "write")),
        *(("v4", "read"), ("v2", "read"), ("v2", "read"), ("v8", "write")),
    ]


def test_arguments_are_bound_to_what_the_top_gives():
    found = read(NODES)
    (top,), (node,), (generic,) = (found.named(n) for n in ("forward", "node0", "generic"))
    bound = {key[1].name: {v.name for v in roots} for key, roots in found.bound(top).items()}
    assert bound == {"v0": {"a"}, "v1": {"s"}, "v2": {"t"}, "x": {"a"}, "out": {"t"}}
    assert [call.arguments[3].text for _, call in found.sites(node)] == ["0.000000"]
    assert len(found.sites(generic)) == 1


def test_an_access_knows_the_conditions_it_is_made_under():
    text = """void f(int a[4], int i, int j) {
      if (i + 1 == 0) { a[0]; if (j < 2) { a[1]; } else a[2]; }
      j ? a[3] : 0;
    }"""
    found = [a for a in function(text, "f").accesses if a.variable.name == "a"]
    guards = [[(sorted(g.names), g.equality) for g in access.guards] for access in found]
    first, second = (["i"], True), (["j"], False)
    assert guards == [[first], [first, second], [first, second], [second]]


def test_linkage_and_constants_of_namespaces_are_seen():
    found = read('extern "C" { const int N = 3; void f(int a[N]) {} } void g() {}')
    f, g = found.functions
    assert (f.c_linkage, g.c_linkage, f.parameters[0].sizes) == (True, False, (3,))


def test_additions_of_literals_are_told():
    operations = function(NODES, "node0").operations
    assert [(o.operator, o.operands) for o in operations] == [
        *(("+=", ("v5", "2")), ("+", ("v7", "v3")), ("+=", ("", "0.000000")), ("+", ("v5", "1"))),
    ]


def test_a_dependent_type_may_be_called_by_its_name():
    text = """template <typename S, typename S::Sum Zero, class T = typename S::Sum>
void f(typename S::Sum x) { typename S::Sum sum[4]; set(sum, typename S::Sum(0)); }"""
    found = read(text)
    assert found.faults == ()
    (f,) = found.functions
    assert [v.type for v in (*f.parameters, *f.variables)] == ["S::Sum", "S::Sum"]
    assert found.text(f.variables[0].span) == "sum[4]"


def test_an_inner_variable_hides_the_outer_one():
    text = "void f(int a[4]) { { int a[8]; g(a); } h(a); }"
    found = function(text, "f")
    sizes = [found.lookup("a", call.arguments[0].span).sizes for call in found.calls]
    assert sizes == [(8,), (4,)]


@pytest.mark.parametrize(
    ("head", "trips"),
    [
        ("int i = 0; i < 10; i += 3", 4),
        ("int i = 10; i > 0; i -= 3", 4),
        ("int i = 0; i <= 10; i = i + 5", 3),
        ("i = 0; i != 8; i += 2", 4),
        ("int i = 0; i != 7; i += 2", None),
        ("int i = 0; i < 10; i--", None),
        ("int i = 0; i < n; i++", None),
        ("int i = 5; i < 5; i++", 0),
        ("int i = 0; j < 5; i++", None),
        ("; ; ", None),
    ],
)
def test_trip_counts_are_those_of_the_loop(head, trips):
    (loop,) = function(f"void f(int n) {{ int i, j; for ({head}) {{ }} }}", "f").loops
    assert loop.trips == trips


@given(
    st.integers(-20, 20),
    st.sampled_from(["<", ">", "<=", ">=", "!="]),
    st.integers(-20, 20),
    st.integers(-5, 5),
)
def test_trip_counts_equal_counting(start, test, end, stride):
    (loop,) = function(
        f"void f() {{ for (int i = {start}; i {test} {end}; i += {stride}) {{ }} }}", "f"
    ).loops
    i, counted = start, 0
    while eval(f"{i} {test} {end}") and counted < 1000:
        i, counted = i + stride, counted + 1
    assert loop.trips == (None if counted == 1000 else counted)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spans_are_the_bytes_of_a_pragma_whatever_the_line_ends(end):
    data = f"void f() {{{end}\t#pragma HLS DATAFLOW{end}}}{end}".encode()
    (pragma,) = source.parse(data, "x").named("f")[0].pragmas
    assert data[pragma.span.start : pragma.span.end] == b"#pragma HLS DATAFLOW"
    assert pragma.line == 2


@pytest.mark.parametrize("rest", ["  // one", " /* one */", " /* one\n two */", ""])
def test_a_comment_behind_a_pragma_is_not_part_of_it(rest):
    text = f"void f(int a[3]) {{\n  #pragma HLS array_partition variable=a{rest}\n}}\n"
    (pragma,) = function(text, "f").pragmas
    assert dict(pragma.options) == {"variable": "a"}
    shared = rest if "//" in rest else ""  # the rest of the line, to the preprocessor
    assert text[pragma.span.start : pragma.span.end].endswith(f"variable=a{shared}")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"void f() {\n  g(\xff);\n}\n", r"x.cpp:2: byte 0xff is not UTF-8"),
        (b"void f() {}\n\0", r"x.cpp:2: a zero byte"),
        (b"def f(x):\n  return [y for y in x]\n", r"x.cpp:\d+: syntax error"),
        (b"void f() {\n  int x = 1;\n  for (int i = 0; i < ", r"x.cpp:\d+: syntax error"),
        (b"void f() {\n  int x = 1;\n", r"x.cpp:\d+: syntax error: '}' is missing"),
        (
            b"int x;\n" * 800_000,
            r"x.cpp:599187: at most 4 MB of C\+\+ are read from one file; this one has 5.3 MB",
        ),
        (b"void f() { x = " + b"(" * 5000 + b"1" + b")" * 5000 + b"; }", "nested more than"),
    ],
    ids=["latin-1", "binary", "python", "cut", "open", "large", "deep"],
)
def test_what_is_no_whole_source_is_refused_with_its_line(tmp_path: Path, data, message):
    path = tmp_path / "x.cpp"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        source.read(path, "x.cpp")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path):
    for path in (tmp_path, tmp_path / "none.cpp"):
        with pytest.raises(ConfigError):
            source.read(path)


@given(st.binary(max_size=200) | st.text(alphabet="void f(){}[]#;<>:,=* \n\\\"'/xT1", max_size=200))
def test_no_bytes_make_the_reader_fail_otherwise(data):
    data = data if isinstance(data, bytes) else data.encode()
    with contextlib.suppress(ConfigError):
        source.parse(data, "x")
