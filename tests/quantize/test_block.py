"""A whole layer in integers against the float one: outlier channels in the residual stream too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bitwright.errors import ConfigError
from bitwright.golden import network
from bitwright.golden.block import block
from bitwright.golden.network import Block, Norm
from bitwright.quantize import quantize_block

from tests.quantize.networks import activations, ffn, mhsa


def random_block(rng, embed, heads):
    norms = (Norm(rng.normal(1, 0.2, embed), rng.normal(0, 0.1, embed)) for _ in "12")
    return Block(next(norms), mhsa(rng, embed, heads), next(norms), ffn(rng, embed, 4 * embed))


@pytest.fixture
def rng():
    return np.random.default_rng(4)


@pytest.mark.parametrize(("bits", "least_db"), [(8, 28.0), (4, 15.0)])
@pytest.mark.parametrize("outlier", [1.0, 30.0])
def test_what_a_layer_adds_to_the_stream_has_the_stated_signal_to_noise(
    rng, bits, least_db, outlier
):
    """What it adds, not the stream, of which it is a small part where a channel stands out."""
    p, x = random_block(rng, 64, 4), activations(rng, 24, 64, outlier)
    q = quantize_block(p, x, weight_bits=bits)
    real = network.block(x, p, causal=True)
    got = q.y(block(q.x(x), q.params, causal=True)[0])
    assert 10 * np.log10(np.mean((real - x) ** 2) / np.mean((got - real) ** 2)) >= least_db


def test_tokens_one_at_a_time_through_the_cache_give_the_bits_of_one_pass(rng):
    p, x = random_block(rng, 16, 2), activations(rng, 6, 16)
    q = quantize_block(p, x)
    whole, keys, values = block(q.x(x), q.params, causal=True)
    past_keys, past_values = keys[:4], values[:4]
    for i in (4, 5):
        row, past_keys, past_values = block(
            q.x(x[i : i + 1]),
            q.params,
            causal=True,
            position=i,
            key_cache=past_keys,
            value_cache=past_values,
        )
        assert np.array_equal(row, whole[i : i + 1])
    assert np.array_equal(past_keys, keys)


def test_norms_that_are_no_numbers_are_refused(rng):
    p = random_block(rng, 8, 2)
    p = replace(p, norm_2=Norm(np.full(8, np.nan), np.zeros(8)))
    with pytest.raises(ConfigError, match=r"norm_2\.weight: 8 of 8 values"):
        quantize_block(p, activations(rng, 4, 8))


def test_a_stream_of_zeros_is_taken(rng):
    p, x = random_block(rng, 8, 2), np.zeros((3, 8))
    q = quantize_block(p, x)
    got = q.y(block(q.x(x), q.params, causal=True)[0])
    assert np.abs(got - network.block(x, p, causal=True)).max() < 0.1


def test_a_stream_so_small_that_eps_is_all_there_is_is_refused(rng):
    p, x = random_block(rng, 8, 2), 1e-30 * activations(rng, 4, 8)
    still = [network.Linear(np.zeros_like(part.weight), np.zeros_like(part.bias)) for part in
             (p.mhsa.proj, p.ffn.proj)]  # fmt: skip
    p = replace(p, mhsa=replace(p.mhsa, proj=still[0]), ffn=replace(p.ffn, proj=still[1]))
    with pytest.raises(ConfigError, match=r"steps of .*e-35 in the residual stream"):
        quantize_block(p, x)
