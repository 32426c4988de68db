"""The golden matrix product against Python's own integers and fractions, which have no width."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from bitwright.golden import matmul, pack_int4, requant, unpack_int4
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

I32 = st.integers(-(2**31), 2**31 - 1)
EDGE32 = st.sampled_from([-(2**31), -(2**31) + 1, -1, 0, 1, 2**30, 2**31 - 1]) | I32
SHIFT = st.integers(0, 63)


def exact(acc: int, bias: int, mult: int, shift: int) -> int:
    """round() of a Fraction rounds half to even, as the definition asks."""
    return max(-128, min(127, round(Fraction((acc + bias) * mult, 2**shift))))


def one(acc: int, bias: int, mult: int, shift: int) -> int:
    arrays = (np.array([v], np.int32) for v in (acc, bias, mult))
    return int(requant(*arrays, np.array([shift], np.uint8))[0])


@settings(max_examples=1500)
@given(EDGE32, EDGE32, EDGE32, SHIFT)
@example(-(2**31), -(2**31), -(2**31), 63)  # the one product that int64 cannot hold
@example(-(2**31), -(2**31), 2**31 - 1, 63)
@example(2**31 - 1, 2**31 - 1, -(2**31), 56)
def test_requant_is_the_rounded_fraction_whatever_the_widths(acc, bias, mult, shift):
    assert one(acc, bias, mult, shift) == exact(acc, bias, mult, shift)


@settings(max_examples=1500)
@given(st.integers(-150, 150), st.integers(0, 30), st.sampled_from([1, -1]))
def test_requant_rounds_exact_halves_to_even(q, j, sign):
    assert one(2 * q + 1, 0, sign * 2**j, j + 1) == exact(2 * q + 1, 0, sign * 2**j, j + 1)


@settings(max_examples=1500)
@given(st.integers(-150, 150), st.integers(1, 22), st.integers(-1, 1))
def test_requant_rounds_the_neighbours_of_a_half_away_from_it(q, shift, beside):
    product = (2 * q + 1) * 2 ** (shift - 1) + beside
    assert one(product, 0, 1, shift) == exact(product, 0, 1, shift)


def test_requant_uses_the_low_six_bits_of_shift():
    assert one(96, 0, 1, 64 + 1) == one(96, 0, 1, 1) == 48


def test_requant_scales_each_channel_by_its_own():
    acc = np.array([[100, 100], [-100, -100]], np.int32)
    got = requant(
        acc, np.array([0, 1], np.int32), np.array([1, 3], np.int32), np.array([1, 2], np.uint8)
    )
    assert got.tolist() == [[50, 76], [-50, -74]]


@settings(max_examples=100)
@given(st.data(), st.booleans())
def test_matmul_is_the_sum_of_products(data, b_is_nk):
    m, k, n = (data.draw(st.integers(1, 9)) for _ in range(3))
    a = data.draw(hnp.arrays(np.int8, (m, k)))
    b = data.draw(hnp.arrays(np.int8, (n, k) if b_is_nk else (k, n)))
    rows, columns = (
        a.tolist(),
        b.tolist() if b_is_nk else [list(c) for c in zip(*b.tolist(), strict=True)],
    )
    want = [[sum(x * y for x, y in zip(row, col, strict=True)) for col in columns] for row in rows]
    assert matmul(a, b, b_is_nk=b_is_nk, raw=True).tolist() == want


@pytest.mark.parametrize("k", [1, 1024, 6400])
def test_matmul_holds_the_largest_sum(k):
    a, b = np.full((2, k), -128, np.int8), np.full((k, 3), -128, np.int8)
    got = matmul(a, b, raw=True)
    assert got.dtype == np.int32 and (got == k * 2**14).all()


def test_matmul_refuses_a_sum_that_could_leave_32_bits():
    a, b = np.zeros((1, 131072), np.int8), np.zeros((131072, 1), np.int8)
    with pytest.raises(ValueError, match="safe up to 131071"):
        matmul(a, b, raw=True)


def test_matmul_refuses_operands_that_share_no_k():
    with pytest.raises(ValueError, match="share no K"):
        matmul(np.zeros((2, 3), np.int8), np.zeros((2, 3), np.int8), raw=True)


def test_requant_refuses_another_element_type():
    with pytest.raises(TypeError, match="acc is int64; expected int32"):
        requant(np.zeros(2, np.int64), *np.zeros((2, 2), np.int32), np.zeros(2, np.uint8))


@settings(max_examples=200)
@given(st.data())
def test_int4_survives_packing(data):
    shape = (data.draw(st.integers(0, 3)), 2 * data.draw(st.integers(0, 9)))
    values = data.draw(hnp.arrays(np.int8, shape, elements=st.integers(-8, 7)))
    packed = pack_int4(values)
    assert packed.shape == (shape[0], shape[1] // 2)
    assert np.array_equal(unpack_int4(packed), values)


def test_int4_of_even_index_lies_in_the_low_half():
    packed = pack_int4(np.array([1, -8, -1, 7], np.int8))
    assert packed.tolist() == [0x81, 0x7F]
    assert unpack_int4(packed).tolist() == [1, -8, -1, 7]


@pytest.mark.parametrize(
    ("values", "message"),
    [([-9, 0], "span -9 to 0; int4 holds -8 to 7"), ([8, 0], "span 0 to 8"), ([1, 2, 3], "even")],
)
def test_pack_int4_refuses_what_nibbles_do_not_hold(values, message):
    with pytest.raises(ValueError, match=message):
        pack_int4(np.array(values, np.int8))
