"""Integer layer norm against Python's own integers, which have no width, and real layer norm."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from bitwright.golden import floating
from bitwright.golden.layer_norm import LayerNorm, layer_norm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

TYPES = {8: np.int8, 16: np.int16, 32: np.int32}
BITS = st.sampled_from([8, 16, 32])
SCALE = st.floats(-12, 0).map(math.exp)
REAL = st.floats(-3, 3) | st.just(0.0)


def exact(row: list[int], k: LayerNorm) -> list[int]:
    """The definition, with integers of any size and one loop an element."""
    lifted = [x * 2**k.lift for x in row]
    mean = sum(lifted) * k.n_inv // 2**k.fp_bits
    squares = sum(((x - mean) // 2**k.shift) ** 2 for x in lifted)
    reciprocal = 2**k.max_bits // (math.isqrt(squares + k.eps) * 2**k.shift)
    results = []
    for x, weight, bias in zip(lifted, k.weight.tolist(), k.bias.tolist(), strict=True):
        quotient = (x - mean) * reciprocal // 2 ** (k.max_bits - k.fp_bits)
        total = Fraction(quotient * weight + bias * 2**k.fp_bits, 2 ** (k.fp_bits + k.out_shift))
        results.append(max(-128, min(127, round(total))))
    return results


def style(weight: np.ndarray, bias: np.ndarray) -> LayerNorm:
    """I-BERT's programs for BERT: 768 channels of int32, the other constants by default."""
    return LayerNorm(weight, bias, out_shift=20, n_inv=1398101)


@st.composite
def cases(draw):
    bits, channels = draw(BITS), draw(st.integers(1, 9))
    weight, bias = (draw(hnp.arrays(np.float64, channels, elements=REAL)) for _ in range(2))
    k = LayerNorm.of(weight, bias, draw(SCALE), draw(SCALE), bits=bits)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    near = draw(st.integers(low, high - 100))
    elements = st.integers(near, near + 100) | st.sampled_from([low, high]) | st.integers(low, high)
    return draw(hnp.arrays(TYPES[bits], channels, elements=elements)), k


@settings(max_examples=500)
@given(cases())
def test_layer_norm_is_its_definition_in_integers_of_any_size(case):
    x, k = case
    got = layer_norm(x, k)
    assert got.dtype == np.int8
    assert got.tolist() == exact(x.tolist(), k)


INT32 = np.array([-(2**31), 2**31 - 1])
EDGES = {
    "lowest": np.full(768, INT32[0]),
    "highest": np.full(768, INT32[1]),
    "ends": INT32[np.arange(768) % 2],
    "one apart": np.where(np.arange(768) == 3, INT32[1], INT32[0]),
    "ramp": np.arange(768) * 5_000_000 - 2**31,
    "near 0": np.arange(768) - 500,
}


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("largest", [2**31 - 1, -(2**31), 40_000_000])
def test_layer_norm_of_768_channels_is_its_definition_at_the_ends(name, largest):
    weight = np.full(768, largest, np.int32)
    bias = np.where(np.arange(768) % 2, largest, 0).astype(np.int32)
    x = EDGES[name].astype(np.int32)
    k = style(weight, bias)
    assert layer_norm(x, k).tolist() == exact(x.tolist(), k)


def test_768_channels_of_int32_give_the_published_constants():
    k = LayerNorm.of(np.ones(768), np.zeros(768), 0.001, 0.03, bits=32)
    assert (k.shift, k.n_inv, k.fp_bits) == (6, 1398101, 30)


def test_the_published_constants_normalise_a_stream_of_22_bits():
    """I-BERT's own width before layer norm; max_bits = 31 leaves the reciprocal 11 bits then."""
    rng = np.random.default_rng(3)
    x = np.clip(rng.normal(size=(16, 768)) * 30_000, -(2**21), 2**21 - 1).astype(np.int32)
    weight = np.full(768, round(math.sqrt(768) / 0.03 * 2**20), np.int32)
    got = layer_norm(x, style(weight, np.zeros(768, np.int32)))
    real = floating.layer_norm(x.astype(np.float64), np.ones(768), np.zeros(768)) / 0.03
    assert np.abs(got - np.clip(real, -128, 127)).max() < 0.5 + 0.1


def bound(x: np.ndarray, k: LayerNorm, weight: np.ndarray, scale: float) -> np.ndarray:
    """What the module states of weight * n."""
    lifted = x * 2.0**k.lift
    n, mean = x.shape[-1], lifted.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(lifted.var(axis=-1, keepdims=True) + 1e-5 * (2**k.lift / scale) ** 2)
    shares = np.abs((lifted - mean) / deviation) + 1
    coarse = 1.2 * 2**k.shift + np.abs(mean) * (2**30 % n) / 2**30
    return np.abs(weight) * shares * (coarse / deviation + 2.0**-17)


@settings(max_examples=400)
@given(st.data(), BITS, st.integers(1, 9) | st.sampled_from([64, 768, 1024, 1600, 6400]))
def test_layer_norm_keeps_the_stated_bound(data, bits, channels):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    x = rng.normal(size=(4, channels)) * data.draw(st.floats(0, bits - 1).map(lambda e: 2**e))
    kind = data.draw(st.sampled_from(["as it is", "outlier", "ends", "far from 0"]))
    if kind == "outlier":
        x[:, 0] *= 100
    elif kind == "ends":
        x = np.where(x < 0, low, high)
    elif kind == "far from 0":
        x += data.draw(st.floats(0.9 * low, 0.9 * high))
    x = np.clip(np.rint(x), low, high).astype(TYPES[bits])
    weight, bias = rng.normal(size=(2, channels)) * rng.integers(0, 2, (2, channels))
    scale, out_scale = data.draw(SCALE), data.draw(SCALE)
    k = LayerNorm.of(weight, bias, scale, out_scale, bits=bits)
    real = floating.layer_norm(x * scale, weight, bias) / out_scale
    off = np.abs(layer_norm(x, k) - np.clip(real, -128, 127))
    allowed = 0.5 + 2.0**-k.out_shift + bound(x, k, weight, scale) / out_scale
    assert (off <= allowed + 1e-9).all()  # what doubles lose


def test_the_stated_bound_of_layer_norm_is_nearly_reached():
    """Four of five channels a step above: 0.8 is lost of the mean, and D is small."""
    x = np.array([9, 9, 9, 9, 8], np.int16)
    weight, bias = np.full(5, 3000.0), np.full(5, -1500.0)  # n = 1/2 gives 0
    k = LayerNorm.of(weight, bias, 1e3, 1.0, bits=16)
    off = np.abs(layer_norm(x, k) - floating.layer_norm(x * 1e3, weight, bias))[0]
    assert 0.4 < off / bound(x, k, weight, 1e3)[0] < 1


def test_row_of_one_value_gives_the_bias():
    bias = np.array([1.0, -2.0, 0.5, 0.0])
    for bits, kind in TYPES.items():
        for value in (np.iinfo(kind).min, -1, 0, np.iinfo(kind).max):
            k = LayerNorm.of(np.ones(4), bias, 0.01, 0.5, bits=bits)
            assert layer_norm(np.full((1, 4), value, kind), k).tolist() == [[2, -4, 1, 0]]


def test_weight_that_rounds_up_to_2_to_the_31_stays_int32():
    k = LayerNorm.of(np.array([math.nextafter(1, 0)]), np.zeros(1), 1.0, 1.0, bits=8)
    assert (k.weight.tolist(), k.out_shift) == ([2**31 - 1], 31)


def test_bias_counts_where_the_weight_is_0():
    k = LayerNorm.of(np.array([0.0, 1.0]), np.array([3.0, 0.0]), 0.01, 0.1, bits=16)
    assert layer_norm(np.array([-500, 500], np.int16), k).tolist() == [30, 10]


def test_layer_norm_refuses_another_element_type_and_another_width():
    k = LayerNorm.of(np.ones(3), np.zeros(3), 0.01, 0.1, bits=16)
    with pytest.raises(TypeError, match="x is int8; expected int16"):
        layer_norm(np.zeros((2, 3), np.int8), k)
    with pytest.raises(ValueError, match=r"shape \(2, 4\); expected 3 columns"):
        layer_norm(np.zeros((2, 4), np.int16), k)


ONES = np.ones(768, np.int32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_inv": 1398102}, "n_inv = 1398102, expected 1398101"),
        ({"shift": 5}, "squares = 13835058055282163713, expected 1"),
        ({"shift": 33}, "shift = 33"),
        ({"eps": 0}, "eps = 0"),
        ({"eps": 2**61}, "squares = "),
        ({"lift": 1}, "lift = 1, expected 0 to 0"),
        ({"bits": 24}, "bits = 24, expected 8, 16 or 32"),
        ({"max_bits": 62}, "max_bits = 62, expected 30 to 61"),
        ({"max_bits": 29}, "max_bits = 29"),
        ({"fp_bits": 31}, "fp_bits = 31"),
        ({"out_shift": 33}, "out_shift = 33, expected 0 to 32"),
        ({"bias": ONES[1:]}, "expected"),
        ({"weight": np.ones(8193, np.int32), "bias": np.ones(8193, np.int32)}, "channels = 8193"),
    ],
)
def test_constants_that_could_overflow_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(style(ONES, ONES), **change)


def test_weights_of_another_type_are_refused():
    with pytest.raises(TypeError, match="weight is int64; expected int32"):
        style(np.ones(768, np.int64), ONES)


@pytest.mark.parametrize(("weight", "scale"), [(math.nan, 1.0), (math.inf, 1.0), (1.0, 1e-30)])
def test_numbers_without_constants_are_refused(weight, scale):
    with pytest.raises(ValueError, match="layer_norm: "):
        LayerNorm.of(np.array([weight, 1.0]), np.zeros(2), scale, 0.1, bits=16)
