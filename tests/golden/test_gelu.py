"""Integer GELU against Python's own integers, which have no width, and against real GELU."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from bitwright.golden import floating
from bitwright.golden.gelu import MIN_SCALE, Gelu, gelu
from hypothesis import example, given, settings
from hypothesis import strategies as st

EVERY = np.arange(-128, 128).astype(np.int8)
SCALE = st.floats(math.log(MIN_SCALE), math.log(64.0)).map(math.exp).filter(MIN_SCALE.__le__)
FINE = SCALE.filter(lambda scale: scale <= 0.5)


def exact(x: int, k: Gelu) -> int:
    """The definition, with integers of any size."""
    a = min(abs(x * 16), -k.b)
    erf = ((x > 0) - (x < 0)) * ((a + k.b) ** 2 + k.c)
    return max(-128, min(127, round(Fraction(x * (erf + k.one) * k.mult, 2**k.shift))))


@settings(max_examples=60)
@given(SCALE, SCALE)
def test_gelu_of_every_int8_is_its_definition_in_integers_of_any_size(scale, out_scale):
    k = Gelu.of(scale, out_scale)
    assert gelu(EVERY, k).tolist() == [exact(x, k) for x in EVERY.tolist()]


def error(scale: float, out_scale: float, form=floating.gelu) -> float:
    """The largest distance of any int8 argument's result from what is real and in reach."""
    real = np.clip(form(EVERY * scale), -128 * out_scale, 127 * out_scale)
    return float(np.abs(gelu(EVERY, Gelu.of(scale, out_scale)) * out_scale - real).max())


@settings(max_examples=300)
@given(FINE, SCALE)
def test_gelu_of_every_int8_keeps_the_stated_bound(scale, out_scale):
    assert error(scale, out_scale) <= out_scale / 2 + 0.0182


@settings(max_examples=300)
@given(FINE, SCALE)
def test_gelu_keeps_the_stated_bound_to_the_form_with_tanh(scale, out_scale):
    assert error(scale, out_scale, floating.gelu_tanh) <= out_scale / 2 + 0.0179


@settings(max_examples=300)
@given(SCALE | st.floats(1.0, 2.5), SCALE)
@example(1.4295, 0.0015)  # the worst: b just misses -28 and becomes -29
def test_gelu_of_any_coarser_scale_keeps_the_stated_bound(scale, out_scale):
    assert error(scale, out_scale) <= out_scale / 2 + 0.0305
    assert error(scale, out_scale, floating.gelu_tanh) <= out_scale / 2 + 0.0305


def test_the_stated_bounds_of_gelu_are_nearly_reached():
    fine, coarse = np.geomspace(MIN_SCALE, 0.5, 200), [1.4295, *np.geomspace(0.5, 4, 200)]
    negative = 0.0015  # a scale of the result that holds all of GELU's negative side, to -0.17
    assert max(error(s, negative) for s in fine) > 0.018
    assert max(error(s, negative, floating.gelu_tanh) for s in fine) > 0.0177
    assert max(error(s, negative) for s in coarse) > 0.0295


def test_gelu_of_a_large_argument_is_the_argument_or_nothing():
    for scale in (1 / 16, 0.1, 1.0, 8.0, 64.0):
        got = gelu(np.array([127, -128, -127], np.int8), Gelu.of(scale, scale))
        assert got.tolist() == [127, 0, 0]


@pytest.mark.parametrize("scale", [0.0156, 0.0, -1.0, math.nan, math.inf])
def test_scale_without_constants_is_refused(scale):
    with pytest.raises(ValueError, match=r"gelu: scale .*; expected 0.015625 or more"):
        Gelu.of(scale, 1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"b": 0}, "b = 0"),
        ({"b": -46341}, "square = 2147488281, expected 0 to 2147483647"),
        ({"c": 1}, "c = 1"),
        ({"c": -(2**31)}, "erf = 2147483648"),
        ({"one": 0}, "one = 0"),
        ({"one": -9_515_609}, "product = 2147483648"),
        ({"mult": 1}, "mult = 1"),
        ({"shift": 64}, "shift = 64, expected 0 to 63"),
    ],
)
def test_constants_that_could_overflow_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Gelu.of(MIN_SCALE, 0.01), **change)


def test_gelu_refuses_another_element_type():
    with pytest.raises(TypeError, match="x is int32"):
        gelu(np.zeros(2, np.int32), Gelu.of(0.1, 0.1))
