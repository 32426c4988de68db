"""The integer feed-forward block against Python's own integers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bitwright.golden.ffn import ffn
from bitwright.golden.layer import linear
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden import exact
from tests.golden.cases import ffns, int8s, linears

FEW = st.integers(1, 6)


@settings(max_examples=120, deadline=None)
@given(st.data(), FEW, FEW, FEW)
def test_ffn_is_the_specification_in_integers_without_width(data, tokens, embed, ff):
    p, x = data.draw(ffns(embed, ff)), data.draw(int8s((tokens, embed)))
    got = ffn(x, p)
    assert got.dtype == np.int8
    assert got.tolist() == exact.ffn(x.tolist(), p)


@settings(max_examples=50, deadline=None)
@given(st.data(), FEW, FEW)
def test_linear_is_the_specification_in_integers_without_width(data, rows, columns):
    p, x = data.draw(linears(rows, columns, False)), data.draw(int8s((3, columns)))
    assert linear(x, p).tolist() == exact.linear(x.tolist(), p)


@given(st.data())
def test_layers_that_do_not_meet_are_refused(data):
    p = data.draw(ffns(3, 4))
    with pytest.raises(ValueError, match="fc gives 4 columns, proj takes 3"):
        replace(p, proj=data.draw(linears(3, 3, False)))


@given(linears(3, 4, False))
def test_a_layer_of_other_types_or_shapes_is_refused(p):
    with pytest.raises(TypeError, match="bias is int64; expected int32"):
        replace(p, bias=p.bias.astype(np.int64))
    with pytest.raises(ValueError, match=r"mult has shape \(2,\); expected \(3,\)"):
        replace(p, mult=p.mult[:2])
