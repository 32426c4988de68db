"""Integer GELU against Python's own integers, which have no width, and against real GELU."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from bitwright.golden.gelu import MIN_SCALE, Gelu, gelu
from hypothesis import given, settings
from hypothesis import strategies as st

EVERY = np.arange(-128, 128).astype(np.int8)
SCALE = st.floats(MIN_SCALE, 1.0)


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
