"""The integer operators' common parts against Python's own integers, which have no width."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from bitwright.golden.integer import dyadic, fits, floor_divide, isqrt, round_shift
from hypothesis import example, given, settings
from hypothesis import strategies as st

RADICAND = st.integers(0, 62).flatmap(lambda bits: st.integers(0, 2**bits))
ROOT = st.integers(1, 2**31)


def roots(radicands: list[int]) -> list[int]:
    return isqrt(np.array(radicands, np.int64)).tolist()


@settings(max_examples=500)
@given(st.lists(RADICAND, max_size=9))
@example([0, 1, 2, 3, 4, 2**62, 2**62 - 1])
def test_isqrt_is_the_floor_of_the_root(radicands):
    assert roots(radicands) == [math.isqrt(radicand) for radicand in radicands]


@settings(max_examples=500)
@given(ROOT)
@example(2**31)
@example(94_906_267)  # the first whose square less one a double rounds up to the square
def test_isqrt_steps_up_exactly_at_each_square(root):
    assert roots([root**2 - 1, root**2]) == [root - 1, root]


def test_isqrt_of_every_small_number():
    assert roots(list(range(70_000))) == [math.isqrt(n) for n in range(70_000)]


@pytest.mark.parametrize("radicand", [-1, 2**62 + 1, -(2**63), 2**63 - 1])
def test_isqrt_refuses_what_is_outside_its_range(radicand):
    with pytest.raises(ValueError, match="expected 0 to 2"):
        roots([4, radicand])


@given(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_floor_divide_is_the_floor_of_the_fraction(dividend, divisor):
    got = floor_divide(np.array([dividend]), np.array([divisor]))
    assert got.tolist() == [math.floor(Fraction(dividend, divisor))]


@pytest.mark.parametrize(("dividend", "divisor"), [(-1, 1), (1, 0), (1, -1)])
def test_floor_divide_refuses_signs_that_dividers_disagree_on(dividend, divisor):
    with pytest.raises(ValueError, match="expected a dividend >= 0 and a divisor >= 1"):
        floor_divide(np.array([5, dividend]), np.array([5, divisor]))


@settings(max_examples=500)
@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 62), st.booleans())
@example(-(2**63), 62, False)
@example(2**63 - 1, 62, False)
def test_round_shift_is_the_fraction_rounded_half_to_even(value, shift, halfway):
    if halfway and shift:
        value = (value >> shift << shift) + (1 << (shift - 1))
    assert round_shift(np.array([value]), shift).tolist() == [round(Fraction(value, 2**shift))]


@given(st.integers(2, 63), st.integers(-(2**62), 2**62 - 1))
def test_fits_holds_for_what_twos_complement_holds(bits, value):
    values = np.array([0, value])
    if -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        assert fits(values, bits, "it") is values
    else:
        with pytest.raises(AssertionError, match=f"it needs more than {bits} bits"):
            fits(values, bits, "it")


@settings(max_examples=500)
@given(st.floats(2**-33, 2**31 - 1), st.sampled_from([1, -1]))
@example(math.nextafter(2**31, 0) / 2, 1)  # rounds up to a power of two
def test_dyadic_is_within_2_to_the_minus_31_of_the_ratio(magnitude, sign):
    mult, shift = dyadic(sign * magnitude)
    assert 2**30 <= abs(mult) < 2**31 and 0 <= shift <= 63
    assert abs(Fraction(mult, 2**shift) / Fraction(sign * magnitude) - 1) <= Fraction(1, 2**31)


@given(st.floats(2**-63, 2**-33))
def test_dyadic_of_a_tiny_ratio_is_within_half_of_the_last_bit(magnitude):
    mult, shift = dyadic(magnitude)
    assert shift == 63 and abs(mult - Fraction(magnitude) * 2**63) <= Fraction(1, 2)


@pytest.mark.parametrize(
    "ratio", [2.0**31, -(2.0**31), 2.0**31 - 0.5, 2.0**-65, 0.0, math.nan, math.inf]
)
def test_dyadic_refuses_what_no_32_bits_hold(ratio):
    with pytest.raises(ValueError, match="the ratio of scales is"):
        dyadic(ratio)
