"""The integer attention block against Python's own integers, and a cache against one pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bitwright.golden.attention import Mhsa, concat, mhsa, split
from bitwright.golden.layer import Linear
from bitwright.golden.softmax import Softmax
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden import exact
from tests.golden.cases import int8s, mhsas

FEW = st.integers(1, 4)


@settings(max_examples=100, deadline=None)
@given(st.data(), FEW, FEW, FEW, st.integers(0, 3), st.booleans())
def test_mhsa_is_the_specification_in_integers_without_width(
    data, tokens, heads, head_dim, position, causal
):
    p = data.draw(mhsas(heads, head_dim))
    x = data.draw(int8s((tokens, p.embed_dim)))
    keys, values = (data.draw(int8s((position + 2, p.embed_dim))) for _ in range(2))
    got = mhsa(x, p, causal=causal, position=position, key_cache=keys, value_cache=values)
    want = exact.mhsa(
        x.tolist(),
        p,
        causal=causal,
        past_keys=keys[:position].tolist(),
        past_values=values[:position].tolist(),
    )
    assert [part.tolist() for part in got] == list(want)
    assert all(part.dtype == np.int8 for part in got)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 6), FEW, FEW)
def test_tokens_one_at_a_time_through_the_cache_give_the_bits_of_one_pass(
    data, tokens, heads, head_dim
):
    p = data.draw(mhsas(heads, head_dim))
    x = data.draw(int8s((tokens, p.embed_dim)))
    y, keys, values = mhsa(x, p, causal=True)
    past_keys, past_values = None, None
    for i in range(tokens):
        row, past_keys, past_values = mhsa(
            x[i : i + 1],
            p,
            causal=True,
            position=i,
            key_cache=past_keys,
            value_cache=past_values,
        )
        assert row.tolist() == y[i : i + 1].tolist()
    assert np.array_equal(past_keys, keys) and np.array_equal(past_values, values)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 5))
def test_what_follows_a_token_does_not_change_it_where_causal(data, tokens):
    p = data.draw(mhsas(2, 3))
    x, other = (data.draw(int8s((tokens, 6))) for _ in range(2))
    changed = np.concatenate([x[:1], other[1:]])
    assert np.array_equal(mhsa(x, p, causal=True)[0][0], mhsa(changed, p, causal=True)[0][0])


@given(st.data(), st.integers(1, 5), FEW, FEW)
def test_concat_undoes_split_and_head_0_comes_first(data, rows, heads, width):
    x = data.draw(int8s((rows, heads * width)))
    assert np.array_equal(concat(split(x, heads)), x)
    assert np.array_equal(split(x, heads)[0], x[:, :width])


@pytest.fixture
def small():
    ones = np.ones(6, np.int32)
    layer = Linear(np.ones((6, 6), np.int8), ones, ones, ones.astype(np.uint8))
    return Mhsa(layer, layer, layer, layer, Softmax.of(0.001), 1, 0, heads=2)


def test_a_position_without_a_cache_is_refused(small):
    with pytest.raises(ValueError, match="key_cache is needed at position 1"):
        mhsa(np.zeros((1, 6), np.int8), small, causal=True, position=1)


def test_a_cache_shorter_than_position_is_refused(small):
    cache = np.zeros((2, 6), np.int8)
    with pytest.raises(ValueError, match="at least 3 rows of 6"):
        mhsa(cache, small, causal=True, position=3, key_cache=cache, value_cache=cache)


def test_a_cache_of_another_type_is_refused(small):
    cache = np.zeros((2, 6), np.int16)
    with pytest.raises(TypeError, match="key_cache is int16; expected int8"):
        mhsa(np.zeros((1, 6), np.int8), small, causal=True, position=1, key_cache=cache)


def test_heads_that_do_not_divide_the_columns_are_refused(small):
    with pytest.raises(ValueError, match="4 heads do not divide embed_dim 6"):
        replace(small, heads=4)


@pytest.mark.parametrize(("name", "value"), [("context_mult", 2**31), ("context_shift", 64)])
def test_context_scales_beyond_their_registers_are_refused(small, name, value):
    with pytest.raises(ValueError, match=f"{name} {value}"):
        replace(small, **{name: value})
