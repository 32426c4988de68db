"""The language of the catalogue: what it computes, and that nothing else can be said in it."""

import pytest
from bitwright.blockdesign.expression import ExpressionError, evaluate, fill, names_in, value
from hypothesis import given
from hypothesis import strategies as st

NAMES = {"N": 3, "WIDE": 1, "TYPE": "bufg_GT", "IN0_WIDTH": 4, "IN1_WIDTH": 8, "F": 1.5}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("N - 1", 2),
        ("64K", 65536),
        ("2 ** 33", 1 << 33),
        ("8 * N // 5", 4),
        ("N > 2 and not WIDE", 0),
        ("'a' if N in [1, 3] else 'b'", "a"),
        ("log2(5)", 3),
        ("min(N, 2) + max(1, N)", 5),
        ("total('IN*_WIDTH', 2)", 12),
        ("like(TYPE, 'BUFG_*')", 1),
        ("true", 1),
        ("F * 2", 3.0),
        ("-N", -3),
    ],
)
def test_an_expression_gives(text, result):
    assert evaluate(text, NAMES) == result


@pytest.mark.parametrize(
    "text",
    [
        "M",
        "__import__('os')",
        "N.real",
        "[x for x in [1]]",
        "lambda: 1",
        "3 ** 9",
        "2 ** 999",
        "2 ** 80 * 2 ** 80",
        "1 // 0",
        "'a' + 1",
        "TYPE > 1",
        "open('x')",
        "f'{N}'",
        "N if",
        "(" * 300,
        "",
        "[1, 2]",
        "b'1'",
        "None",
        "1 < N < 4",
    ],
)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(ExpressionError):
        evaluate(text, NAMES)


@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_is_refused(text):
    try:
        assert isinstance(evaluate(text, NAMES), int | float | str)
        names_in(text)
    except ExpressionError:
        pass


def test_texts_are_filled_in_from_within():
    assert fill("S{i:02}_AXI", {"i": 3}) == "S03_AXI"
    assert fill("{PORT_{i}}_n", {"i": 1, "PORT_1": "clk"}) == "clk_n"
    with pytest.raises(ExpressionError, match="unknown name 'j'"):
        fill("S{j}", {"i": 3})


def test_a_parameter_is_a_number_when_it_looks_like_one():
    assert [value(text) for text in ("0x1F", "true", "FALSE", "1.5", "-3", "64_bit", "")] == [
        *(31, 1, 0, 1.5, -3, "64_bit", "")
    ]


@given(st.integers(-(2**70), 2**70))
def test_every_whole_number_is_itself(number):
    assert value(str(number)) == number
    assert value(hex(abs(number))) == abs(number)
