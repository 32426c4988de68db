"""The kernels' networks in floating point: shapes, the cache, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bitwright.golden import floating, network
from bitwright.golden.network import Ffn, Linear, Mhsa


def layer(rng, out, into):
    return Linear(rng.normal(size=(out, into)), rng.normal(size=out))


@pytest.fixture
def rng():
    return np.random.default_rng(2)


@pytest.fixture
def block(rng):
    return Mhsa(*(layer(rng, 6, 6) for _ in range(4)), heads=2)


def test_mhsa_is_softmax_of_queries_times_keys_times_values_head_by_head(rng, block):
    x = rng.normal(size=(3, 6))
    q, k, v = (x @ part.weight.T + part.bias for part in (block.q, block.k, block.v))
    context = np.zeros((3, 6))
    for i in range(3):
        for columns in (slice(0, 3), slice(3, 6)):
            weight = np.exp([q[i, columns] @ k[j, columns] / np.sqrt(3) for j in range(i + 1)])
            context[i, columns] = weight / weight.sum() @ v[: i + 1, columns]
    y, keys, values = network.mhsa(x, block, causal=True)
    assert np.allclose(y, context @ block.proj.weight.T + block.proj.bias)
    assert np.allclose(keys, k) and np.allclose(values, v)


@pytest.mark.parametrize("causal", [True, False])
def test_a_batch_of_sequences_is_each_by_itself(rng, block, causal):
    x = rng.normal(size=(4, 3, 6))
    each = [network.mhsa(one, block, causal=causal)[0] for one in x]
    assert np.allclose(network.mhsa(x, block, causal=causal)[0], each)


def test_tokens_one_at_a_time_through_the_cache_are_one_pass(rng, block):
    x = rng.normal(size=(4, 6))
    y, keys, values = network.mhsa(x, block, causal=True)
    cache = {
        "key_cache": np.vstack([keys[:2], np.full((2, 6), np.nan)]),  # rows that are not filled
        "value_cache": np.vstack([values[:2], np.full((2, 6), np.nan)]),
    }
    rest, all_keys, _ = network.mhsa(x[2:], block, causal=True, position=2, **cache)
    assert np.allclose(rest, y[2:]) and np.allclose(all_keys, keys)


def test_ffn_has_the_form_of_gelu_it_is_given(rng):
    p, x = Ffn(layer(rng, 5, 3), layer(rng, 3, 5)), rng.normal(size=(2, 3))
    assert np.allclose(network.ffn(x, p), p.proj(floating.gelu_tanh(p.fc(x))), rtol=0)
    exact = replace(p, gelu=floating.gelu)
    assert np.allclose(network.ffn(x, exact), p.proj(floating.gelu(p.fc(x))), rtol=0)
    assert not np.array_equal(network.ffn(x, p), network.ffn(x, exact))


@pytest.mark.parametrize("kind", [np.float32, np.float16, list])
def test_weights_as_frameworks_give_them_are_taken_and_no_bias_is_zeros(kind):
    weight = [[0.5, -1.25], [2.0, 0.0], [1.0, 3.0]]
    given = weight if kind is list else np.array(weight, kind)
    p = Linear(given, None)
    assert p.weight.dtype == p.bias.dtype == np.float64
    assert np.array_equal(p.weight, weight) and np.array_equal(p.bias, np.zeros(3))
    assert np.array_equal(Linear(given, [1, 2, 3]).bias, [1.0, 2.0, 3.0])


def test_shapes_and_types_that_do_not_fit_are_refused(rng, block):
    with pytest.raises(TypeError, match="weight is int8; expected real numbers: float64, float32"):
        Linear(np.zeros((2, 2), np.int8), np.zeros(2))
    with pytest.raises(TypeError, match=r"proj is a tuple; expected network\.Linear\(weight, bias"):
        Ffn(layer(rng, 4, 2), (np.zeros((2, 4)), np.zeros(2)))
    with pytest.raises(TypeError, match=r"k is a ndarray; expected network\.Linear"):
        replace(block, k=np.zeros((6, 6)))
    with pytest.raises(ValueError, match=r"bias \(3,\); expected \[out, in\] and \[out\]"):
        Linear(np.zeros((2, 2)), np.zeros(3))
    with pytest.raises(ValueError, match=r"fc.weight \(4, 2\), proj.weight \(2, 3\)"):
        Ffn(layer(rng, 4, 2), layer(rng, 2, 3))
    with pytest.raises(ValueError, match=r"v.weight has shape \(5, 6\); expected \(6, 6\)"):
        replace(block, v=layer(rng, 5, 6))
    with pytest.raises(ValueError, match="4 heads do not divide embed_dim 6"):
        replace(block, heads=4)
