"""Whatever a file holds, it gives findings or one clear error."""

from __future__ import annotations

import contextlib

import pytest
from bitwright.errors import ConfigError
from bitwright.hls.lint import check
from bitwright.hls.lint.pragmas import DIRECTIVES
from bitwright.hls.lint.program import from_texts
from bitwright.hls.lint.rules import BY_NAME
from hypothesis import given, settings
from hypothesis import strategies as st

PIECES = [
    *("void f(", "int a[8]", "int *b", "hls::stream<int>& s", ", ", ") {\n", "}\n", "{", ";"),
    *(
        "for (int i = 0; i < 8; ++i) ",
        "while (1) ",
        "if (a) ",
        "l: ",
        "else ",
        "do ",
        "switch (a) ",
    ),
    *(
        "f(a, b);",
        "s.write(a[i]);",
        "b[i] += s.read();",
        "new int[3]",
        "template <int N> ",
        "return ",
    ),
    *("#if X\n", "#else\n", "#endif\n", "#define N 4\n", "\\\n", "// bitwright-lint: ", "allow "),
    *(
        "std::vector<int> v;",
        "hls_thread_local hls::task t(f, a);",
        "[]{ ",
        "??",
        "\x00",
        "\xff",
        '"',
    ),
    *(
        "\n#pragma HLS ",
        "#pragma HLS\n",
        "#pragma HLS =\n",
        "variable=a ",
        "factor=",
        "dim=-1 ",
        "(",
    ),
    *("port=b ", "=", "<", "1 << 70 ", "1/0 ", "N*", " factor because x\n", "min=1 max=0 ", "if ("),
    *(f"\n#pragma HLS {name} " for name in DIRECTIVES),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS | st.text(max_size=80))
def test_any_text_gives_findings_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        report = check(from_texts({"x.cpp": text.encode()}))
        last = text.count("\n") + 1
        assert all(1 <= found.line <= last for found in report.findings)
        assert all("\n" not in str(found) for found in report.findings)
        assert {found.rule for found in report.findings} <= set(BY_NAME)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_findings_or_a_clear_error(data: bytes) -> None:
    try:
        check(from_texts({"x.cpp": data}))
    except ConfigError as error:
        assert str(error).startswith("x.cpp:")


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS)
def test_two_files_give_the_same_in_either_order(one: str, two: str) -> None:
    with contextlib.suppress(ConfigError):
        texts = {"a.cpp": one.encode(), "b.cpp": two.encode()}
        forth, back = (
            check(from_texts(dict(each))) for each in (texts.items(), [*texts.items()][::-1])
        )
        assert {(f.where, f.line, f.rule) for f in forth.findings} == {
            (f.where, f.line, f.rule) for f in back.findings
        }


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            f"void f(int a[{2**40}]) {{\n"
            f"#pragma HLS array_partition variable=a block factor={2**39 + 1}\n}}",
            "factor",
        ),
        ("".join(f"void f{i}() {{ f{(i + 1) % 1000}(); }}\n" for i in range(1000)), "recursion"),
        ("#if X\n" * 20000, "cut-off"),
    ],
)
def test_what_could_take_for_ever_does_not(text: str, rule: str) -> None:
    (found,) = check(from_texts({"x.cpp": text.encode()})).findings
    assert found.rule == rule and len(str(found)) < 300
