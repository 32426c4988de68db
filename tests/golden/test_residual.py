"""The integer residual addition against Python's own fractions, and how wide a stream must be."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from bitwright.golden import floating
from bitwright.golden.layer_norm import LayerNorm, layer_norm
from bitwright.golden.residual import MatAdd, mat_add
from hypothesis import given, settings
from hypothesis import strategies as st

TYPES = {8: np.int8, 16: np.int16, 32: np.int32}
BITS = st.sampled_from([8, 16, 32])
I32 = st.sampled_from([-(2**31), -1, 0, 1, 2**31 - 1]) | st.integers(-(2**31), 2**31 - 1)
LOG = st.floats(-9, 9).map(math.exp)


def ends(bits: int) -> tuple[int, int]:
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def one(x: int, residual: int, k: MatAdd, bits: int) -> int:
    got = mat_add(np.array([x], np.int8), np.array([residual], TYPES[bits]), k)
    assert got.dtype == TYPES[k.out_bits]
    return int(got[0])


def exact(x: int, residual: int, k: MatAdd) -> int:
    """round() of a Fraction rounds half to even, as the definition asks."""
    low, high = ends(k.out_bits)
    total = Fraction(x * k.mult + residual * k.residual_mult, 2**k.shift)
    return max(low, min(high, round(total)))


CONSTANTS = st.builds(MatAdd, I32, I32, st.integers(0, 62), BITS)


@settings(max_examples=800)
@given(st.data(), CONSTANTS, st.integers(-128, 127), BITS)
def test_mat_add_is_the_rounded_fraction_whatever_the_widths(data, k, x, bits):
    low, high = ends(bits)
    residual = data.draw(st.sampled_from([low, high]) | st.integers(low, high))
    assert one(x, residual, k, bits) == exact(x, residual, k)


@pytest.mark.parametrize("shift", [0, 1, 31, 62])
@pytest.mark.parametrize("sign", [1, -1])
def test_mat_add_holds_the_largest_sum(shift, sign):
    low = -(2**31)
    k = MatAdd(low, low if sign == 1 else -low - 1, shift, 32)
    assert one(-128, low, k, 32) == exact(-128, low, k)


@settings(max_examples=400)
@given(st.integers(-500, 500), st.integers(1, 30), st.integers(-1, 1))
def test_mat_add_rounds_halves_to_even_and_their_neighbours_away(q, shift, beside):
    total = (2 * q + 1) * 2 ** (shift - 1)
    k = MatAdd(beside, 2 ** (shift - 1), shift)
    want = round(Fraction(total + beside, 2**shift))
    assert one(1, 2 * q + 1, k, 16) == want


@settings(max_examples=600)
@given(st.data(), st.integers(-128, 127), BITS, BITS, LOG, LOG)
def test_mat_add_keeps_the_stated_bound(data, x, bits, out_bits, ratio, residual_ratio):
    residual = data.draw(st.integers(*ends(bits)))
    got = one(x, residual, MatAdd.of(ratio, residual_ratio, 1.0, out_bits), bits)
    real = x * Fraction(ratio) + residual * Fraction(residual_ratio)  # as doubles would blur it
    low, high = ends(out_bits)
    most = (abs(x) + abs(residual)) * max(ratio, residual_ratio) * 2.0**-31
    assert abs(got - max(low, min(high, real))) <= 0.5 + most


def test_mat_add_is_the_float_operator_within_half_a_step():
    rng = np.random.default_rng(5)
    x, residual = rng.integers(-128, 128, 999, np.int8), rng.integers(-9999, 9999, 999, np.int16)
    got = mat_add(x, residual, MatAdd.of(0.02, 0.003, 0.003)) * 0.003
    assert np.abs(got - floating.mat_add(x * 0.02, residual * 0.003)).max() <= 0.0015 * 1.001


def test_mat_add_of_equal_scales_is_exact():
    k = MatAdd.of(0.3, 0.3, 0.3, 32)
    assert one(-128, 2**31 - 1, k, 32) == 2**31 - 129
    assert one(127, 2**31 - 1, k, 32) == 2**31 - 1
    assert one(-1, -(2**31), k, 32) == -(2**31)


def test_a_ratio_of_31_bits_is_exact():
    ratio = (2**30 + 1) / 2**31
    assert MatAdd.of(ratio / 8, ratio, 1.0).residual_mult == 2**30 + 1
    for residual in (2**31 - 1, -(2**31)):
        want = round(Fraction(ratio) * residual)
        assert one(0, residual, MatAdd.of(ratio / 8, ratio, 1.0, 32), 32) == want


def test_tiny_ratios_leave_what_62_bits_of_shift_can_tell():
    k = MatAdd.of(2.0**-40, 2.0**-31, 1.0, 32)
    assert (k.mult, k.residual_mult, k.shift) == (2**21, 2**30, 61)
    assert MatAdd.of(2.0**-40, 2.0**-40, 1.0) == MatAdd(2**22, 2**22, 62)


def test_mat_add_refuses_other_types_and_shapes():
    k = MatAdd.of(1.0, 1.0, 1.0)
    ok = np.zeros((2, 3), np.int8)
    with pytest.raises(TypeError, match="x is int16; expected int8"):
        mat_add(ok.astype(np.int16), ok, k)
    with pytest.raises(TypeError, match="residual is int64; expected int8, int16 or int32"):
        mat_add(ok, ok.astype(np.int64), k)
    with pytest.raises(ValueError, match="expected the same"):
        mat_add(ok, ok[:1], k)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mult": 2**31}, "mult = 2147483648"),
        ({"residual_mult": -(2**31) - 1}, "residual_mult = -2147483649"),
        ({"shift": 63}, "shift = 63, expected 0 to 62"),
        ({"out_bits": 24}, "out_bits = 24, expected 8, 16 or 32"),
    ],
)
def test_constants_that_could_overflow_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(MatAdd(1, 1, 0), **change)


TOKENS, CHANNELS, OUTLIER = 32, 1024, 7
ADDITIONS = 48  # 24 layers, each with an attention and a feed-forward block
REACH = 120.0  # what the largest value of the stream stands for; the outlier is 100


def rms(values: np.ndarray) -> float:
    """Of the ordinary channels."""
    return float(np.sqrt((np.delete(values, OUTLIER, axis=-1) ** 2).mean()))


def stream(bits: int, additions: int) -> tuple[np.ndarray, float, np.ndarray]:
    """A residual stream with one channel a hundred times the others: integers, scale, real."""
    rng = np.random.default_rng(11)
    real = rng.normal(size=(TOKENS, CHANNELS))
    real[:, OUTLIER] = 100.0
    low, high = ends(bits)
    scale, branch_scale = REACH / high, 0.005
    held = np.clip(np.rint(real / scale), low, high).astype(TYPES[bits])
    for _ in range(additions):
        branch = np.clip(rng.normal(size=real.shape) * 30, -128, 127).astype(np.int8)
        held = mat_add(branch, held, MatAdd.of(branch_scale, scale, scale, bits))
        real = real + branch * branch_scale
    return held, scale, real


@pytest.mark.parametrize("additions", [0, ADDITIONS])
@pytest.mark.parametrize("bits", [16, 32])
def test_an_addition_to_the_stream_errs_by_0_29_steps(bits, additions):
    held, scale, real = stream(bits, additions)
    expected = math.sqrt((1 + additions) / 12)
    assert rms(held - real / scale) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(
    ("bits", "at_once", "after_all"), [(8, 0.27, 0.74), (16, 0.0011, 0.005), (32, 1.6e-8, 7.7e-8)]
)
def test_outlier_channels_crush_the_others_in_int8_not_in_16_bits(bits, at_once, after_all):
    for additions, stated in ((0, at_once), (ADDITIONS, after_all)):
        held, scale, real = stream(bits, additions)
        assert rms(held * scale - real) / rms(real) == pytest.approx(stated, rel=0.1)


@pytest.mark.parametrize(
    ("bits", "least", "most"), [(8, 20, 26), (16, 0.31, 0.35), (32, 0.28, 0.3)]
)
def test_layer_norm_of_a_stream_of_16_bits_errs_by_little_but_its_own_rounding(bits, least, most):
    held, scale, real = stream(bits, ADDITIONS)
    weight, bias = np.ones(CHANNELS), np.zeros(CHANNELS)
    weight[OUTLIER] = 0.02  # as GPT-2 keeps them small
    out_scale = 4 * rms(floating.layer_norm(real, weight, bias)) / 127
    k = LayerNorm.of(weight, bias, scale, out_scale, bits=bits)
    off = layer_norm(held, k) - floating.layer_norm(real, weight, bias) / out_scale
    assert least < rms(off) < most
