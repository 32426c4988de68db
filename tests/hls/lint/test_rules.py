"""Each rule speaks of the faulty file, at its line, and is silent on the mended one."""

from __future__ import annotations

import pytest
from bitwright.hls.lint import Report, check
from bitwright.hls.lint.program import from_texts
from bitwright.hls.lint.rules import RULES

LOOP = "void f(int a[8]) {\nl: for (int i = 0; i < 8; ++i) {\n#pragma HLS %s\na[i] = i;\n}\n}"
BODY = "void f(int a[8], int b[4][6], int n) {\n#pragma HLS %s\na[0] = n;\n}"
TOP = "void f(int a[8]) {\n#pragma HLS interface %s\na[0] = 1;\n}"
COUNTED = "l: for (int i = 0; i < 4; ++i) {\n#pragma HLS dataflow\ng(y);\n}"
STAGES = """\
void put(int x, hls::stream<int>& s) { s.write(x); }
void pass(hls::stream<int>& s, hls::stream<int>& t) { t.write(s.read()); }
void get(hls::stream<int>& s, int* y) { *y = s.read(); }
void fill(int x, int a[8]) { a[0] = x; }
void copy(const int a[8], int b[8]) { b[0] = a[0]; }
void join(const int a[8], const int b[8], int* y) { *y = a[0] + b[0]; }
void sum(const int* m, int a[8]) { a[0] = m[0]; }
void take(const int a[8], int* y) { *y = a[0]; }
"""


PORTS = "void f(int a[8], int b[8], int* y)"


def region(body: str, head: str = "void f(int x, int* y)") -> str:
    """A DATAFLOW region from line 10 of the file on, its first statement in line 12."""
    return f"{STAGES}\n{head} {{\n#pragma HLS dataflow\n{body}\n}}"


def report(text: str, top: str = "") -> Report:
    return check(from_texts({"x.cpp": text.encode()}, top))


CASES = [  # rule, line, faulty, mended
    ("unknown-pragma", 3, LOOP % "pipline", LOOP % "pipeline"),
    ("unknown-option", 3, LOOP % "pipeline III=1", LOOP % "pipeline II=1"),
    ("unknown-option", 3, LOOP % "unroll complete", LOOP % "unroll"),
    ("bad-value", 3, LOOP % "pipeline II=0", LOOP % "pipeline ii = 1"),
    ("bad-value", 3, LOOP % "pipeline II=1.5", LOOP % "pipeline II=N*2"),
    ("bad-value", 3, LOOP % "pipeline II=", LOOP % "pipeline II=(N > 2 ? 3 : 4)"),
    ("bad-value", 3, LOOP % "pipeline style=frq", LOOP % "pipeline style=FRP"),
    (
        "bad-value",
        3,
        LOOP % "loop_tripcount min=9 max=8",
        LOOP % "loop_tripcount min = 8 max = 4 * 2",
    ),
    (
        "bad-value",
        2,
        BODY % "bind_storage variable=a type=ram_3p",
        BODY % "bind_storage variable=a type=RAM_2P",
    ),
    ("bad-value", 2, TOP % "mode=axi port=a", TOP % "mode=m_axi port=a"),
    (
        "missing-option",
        2,
        BODY % "array_partition complete",
        BODY % "array_partition variable=a complete",
    ),
    (
        "missing-option",
        2,
        BODY % "array_partition variable=a cyclic",
        BODY % "array_partition variable=a cyclic factor=2",
    ),
    ("missing-option", 2, TOP % "m_axi bundle=g", TOP % "ap_ctrl_none"),
    (
        "missing-option",
        2,
        BODY % "allocation instances=g<int, 3> function",
        BODY % "allocation instances=g<int, 3> limit=1 function",
    ),
    (
        "old-pragma",
        2,
        BODY % "resource variable=a core=RAM_2P",
        BODY % "bind_storage variable=a type=ram_2p",
    ),
    ("unknown-variable", 2, BODY % "stable variable=aa", BODY % "stable variable=a"),
    (
        "unknown-variable",
        2,
        "void f() {\n#pragma HLS stream variable=s depth=4\nhls::stream<int> s;\n}",
        "void f() {\nhls::stream<int> s;\n#pragma HLS stream variable=s depth=4\n}",
    ),
    (
        "unknown-variable",
        3,
        "void f() {\n{ int a[4]; }\n#pragma HLS array_partition variable=a\n}",
        "int a[4];\nvoid f() {\n#pragma HLS array_partition variable=a\n}",
    ),
    ("not-an-argument", 2, TOP % "m_axi port=aa", TOP % "m_axi port=a"),
    ("not-an-argument", 2, TOP % "s_axilite port=retrun", TOP % "s_axilite port=return"),
    (
        "interface-below-top",
        2,
        TOP % "m_axi port=a" + "\nvoid g(int a[8]) { f(a); }",
        TOP % "m_axi port=a" + "\nint main() { int a[8]; f(a); }",
    ),
    ("misplaced-pragma", 2, BODY % "unroll", LOOP % "unroll"),
    (
        "misplaced-pragma",
        1,
        "#pragma HLS pipeline\nvoid f() {}",
        "void f() {\n#pragma HLS pipeline\n}",
    ),
    ("misplaced-pragma", 3, LOOP % "interface m_axi port=a", TOP % "m_axi port=a"),
    (
        "misplaced-pragma",
        3,
        BODY % "dataflow\n#pragma HLS pipeline",
        BODY % "dataflow\n#pragma HLS pipeline off",
    ),
    (
        "conditional-pragma",
        2,
        "void f(int n) { if (n) {\n#pragma HLS pipeline\nn = 2;\n} }",
        "void f(int n) {\n#pragma HLS pipeline\nif (n) {\nn = 2;\n} }",
    ),
    (
        "partitioned-port",
        3,
        TOP % "m_axi port=a\n#pragma HLS array_partition variable=a",
        TOP % "ap_memory port=a\n#pragma HLS array_partition variable=a",
    ),
    (
        "dimension",
        2,
        BODY % "array_partition variable=b dim=3",
        BODY % "array_partition variable=b dim=2",
    ),
    (
        "dimension",
        4,
        "struct L { using T = int[4][2]; };\nvoid f() {\nL::T a[3];\n"
        "#pragma HLS array_reshape variable=a dim=4\n}",
        "struct L { using T = int[4][2]; };\nvoid f() {\nL::T a[3];\n"
        "#pragma HLS array_reshape variable=a dim=3\n}",
    ),
    (
        "dataflow-argument",
        14,
        region("#pragma HLS interface m_axi port=a\ntake(a, y);\ncopy(a, b);", PORTS),
        region("#pragma HLS interface ap_memory port=a\ntake(a, y);\ncopy(a, b);", PORTS),
    ),
    (
        "factor",
        2,
        BODY % "array_partition variable=b cyclic factor=4 dim=2",
        BODY % "array_partition variable=b cyclic factor=4 dim=1",
    ),
    (
        "factor",
        2,
        BODY % "array_reshape variable=a type=block factor=3",
        BODY % "array_reshape variable=a type=block factor=4",
    ),
    ("factor", 3, LOOP % "unroll factor=3", LOOP % "unroll factor=4"),
    (
        "dataflow-channel",
        14,
        region("hls::stream<int> s;\nput(x, s);\nput(x, s);\nget(s, y);"),
        region("hls::stream<int> s, t;\nput(x, s);\npass(s, t);\nget(t, y);"),
    ),
    (
        "dataflow-channel",
        15,
        region("hls::stream<int> s[2];\nput(x, s[0]);\nget(s[0], y);\nget(s[0], y);"),
        region(
            "hls::stream<int> s[2];\nput(x, s[0]);\nput(x, s[1]);\nget(s[0], y);\npass(s[1], x);"
        ),
    ),
    (
        "dataflow-channel",
        12,
        region("hls::stream<int> s;\nget(s, y);"),
        region("hls::stream<int> s;\nput(x, s);\nget(s, y);"),
    ),
    (
        "dataflow-channel",
        15,
        region("int a[8], b[8];\nfill(x, a);\ncopy(a, b);\njoin(a, b, y);"),
        region("int a[8], b[8];\nfill(x, a);\ncopy(a, b);\ntake(b, y);"),
    ),
    (
        "dataflow-grouping",
        14,
        region(
            "int a[8];\nfor (int i = 0; i < 8; ++i) a[i] = 0;\n"
            "for (int i = 0; i < 4; ++i) a[i] = x;\ntake(a, y);"
        ),
        region("int a[8];\nfill(x, a);\ntake(a, y);"),
    ),
    (
        "dataflow-argument",
        14,
        region(
            "int a[8], b[8];\nsum(m, a);\nsum(m, b);\njoin(a, b, y);",
            "void f(const int* m, int* y)",
        ),
        region("int a[8];\nsum(m, a);\ntake(a, y);", "void f(const int* m, int* y)"),
    ),
    (
        "dataflow-feedback",
        13,
        region("hls::stream<int> s, t;\npass(s, t);\npass(t, s);\n"),
        region("hls::stream<int> s, t;\nput(x, s);\npass(s, t);\nget(t, y);"),
    ),
    (
        "dataflow-bypass",
        12,
        region("int a[8];\nhls::stream<int> s, t;\nboth(x, a, s);\npass(s, t);\nend(a, t, y);")
        + "\nvoid both(int x, int a[8], hls::stream<int>& s) { a[0] = x; s.write(x); }"
        + "\nvoid end(const int a[8], hls::stream<int>& t, int* y) { *y = a[0] + t.read(); }",
        region("int a[8];\nhls::stream<int> s;\nboth(x, a, s);\nend(a, s, y);")
        + "\nvoid both(int x, int a[8], hls::stream<int>& s) { a[0] = x; s.write(x); }"
        + "\nvoid end(const int a[8], hls::stream<int>& t, int* y) { *y = a[0] + t.read(); }",
    ),
    (
        "dataflow-condition",
        13,
        region("hls::stream<int> s;\nif (x) put(x, s);\nget(s, y);"),
        region("hls::stream<int> s;\nput(x, s);\nget(s, y);"),
    ),
    (
        "dataflow-code",
        13,
        region("int z;\nz = x + 1;\ng(z);"),
        region('int z = 3;\nstatic_assert(true, "");\ng(z);\nreturn;'),
    ),
    (
        "dataflow-loop",
        3,
        "void f(int n, int* y) {\ng(y);\n" + COUNTED + "\n}",
        "void f(int n, int* y) {\n" + COUNTED + "\n}",
    ),
    (
        "unlabelled-loop",
        2,
        "void f(int* a) {\nfor (int i = 0; i < 8; ++i) {\n#pragma HLS pipeline\na[i] = i;\n}\n}",
        LOOP % "pipeline",
    ),
    (
        "recursion",
        1,
        "int f(int n) { return n ? f(n - 1) : 0; }",
        "template <int N> int f(int n) { return f<N - 1>(n); }",
    ),
    (
        "recursion",
        2,
        "int g(int n);\nint f(int n) { return g(n); }\nint g(int n) { return f(n); }",
        "int f(int n) { return std::f(n); }",
    ),
    ("dynamic-memory", 1, "void f() { int* p = new int[4]; }", "void f() { int p[4]; }"),
    (
        "dynamic-memory",
        1,
        "void f() { free(p); }",
        "#ifndef __SYNTHESIS__\nvoid f() { free(p); }\n#endif",
    ),
    ("dynamic-memory", 1, "void f(std::vector<int>& v) {}", "void f(hls::vector<int, 4>& v) {}"),
    (
        "dynamic-memory",
        1,
        "int g() { return *new int; }\nvoid f() { g(); }",
        "int g() { return *new int; }\nint main() { g(); }",
    ),
    (
        "endless-loop",
        1,
        "void f(int* a) { while (true) { a[0]++; } }",
        "void f(int* a) { for (int i = 0; i < 3; ++i) { a[0]++; } }",
    ),
    (
        "endless-loop",
        1,
        "void f(int* a) { for (;;) { a[0]++; } }",
        "constexpr int f(int a) { for (;;) { a++; } }",
    ),
    (
        "loop-bound",
        1,
        "void f(hls::stream<int>& s) { while (!s.empty()) { s.read(); } }",
        "void f(hls::stream<int>& s) { while (!s.empty()) {\n"
        "#pragma HLS loop_tripcount max=4\ns.read(); } }",
    ),
    (
        "trip-count",
        1,
        "void f(int n, int* a) { for (int i = 0; i < n; ++i) { a[i] = 0; } }",
        "template <int N> void f(int* a) {\n"
        "const int n = N / 2; for (int i = 0; i < n; ++i) { a[i] = 0; } }",
    ),
    ("unread", 2, "void f(int a) {\n a ??? 3 [[;\n}", "void f(int a) {\na = 3;\n}"),
    ("cut-off", 2, "\n#ifdef X\nvoid f() {}\n", "\n#ifdef X\nvoid f() {}\n#endif\n"),
    ("cut-off", 2, "void f() {\nint a;\n", "void f() {\nint a;\n}"),
    ("cut-off", 1, "void f() {\nint a;\ng(a,\n", "void f() {\nint a;\ng(a);\n}"),
    (
        "bad-waiver",
        1,
        "// bitwright-lint: allow factors because of this\nvoid f() {}",
        "void f() {}",
    ),
    ("bad-waiver", 1, "// bitwright-lint: allow factor\nvoid f() {}", "void f() {}"),
    (
        "unused-waiver",
        1,
        "// bitwright-lint: allow factor because it fits\nvoid f() {}",
        "void f() {}",
    ),
]


@pytest.mark.parametrize(("rule", "line", "faulty", "mended"), CASES)
def test_a_rule_speaks_of_what_is_wrong_and_of_nothing_else(
    rule: str, line: int, faulty: str, mended: str
) -> None:
    found = report(faulty).findings
    assert {(each.line, each.rule) for each in found} >= {(line, rule)}
    assert [str(each) for each in report(mended).findings if each.rule == rule] == []


@pytest.mark.parametrize(("rule", "line", "faulty", "mended"), CASES)
def test_what_is_mended_has_no_other_error(rule: str, line: int, faulty: str, mended: str) -> None:
    errors = [str(each) for each in report(mended).findings if each.severity == "error"]
    assert errors == []


def test_every_rule_is_among_these() -> None:
    assert {rule.name for rule in RULES} == {case[0] for case in CASES}


def test_a_finding_is_one_line_with_the_remedy() -> None:
    (found,) = report(LOOP % "pipline").findings
    told = "there is no 'pipline'; did you mean 'pipeline'?"
    assert str(found) == f"x.cpp:3: error unknown-pragma: {told}"


def test_findings_are_in_the_order_of_the_files_and_lines() -> None:
    both = "void f() {\n#pragma HLS zzzz\n#pragma HLS yyyy\n}"
    found = check(from_texts({"b.cpp": both.encode(), "a.cpp": both.encode()})).findings
    places = [(each.where, each.line) for each in found]
    assert places == [("a.cpp", 2), ("a.cpp", 3), ("b.cpp", 2), ("b.cpp", 3)]


def test_the_verdict_counts() -> None:
    found = report(LOOP % "unroll factor=3" + "\nvoid g() {\n#pragma HLS nothing\n}")
    assert found.verdict == "lint: 1 file, 2 functions, 2 pragmas: 1 error, 1 warning"
    assert report(LOOP % "unroll").verdict.endswith(": no errors, no warnings")


def test_a_named_top_alone_has_ports() -> None:
    text = TOP % "m_axi port=a" + "\nvoid g() {}"
    assert [each.rule for each in report(text, "g").findings] == ["interface-below-top"]
    assert report(text, "f").findings == ()
