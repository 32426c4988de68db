"""What quantize makes of weights and a batch that are not like any other, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bitwright.errors import ConfigError
from bitwright.golden import network
from bitwright.golden.attention import mhsa
from bitwright.golden.ffn import ffn
from bitwright.golden.gelu import MIN_SCALE
from bitwright.golden.linear import pack_int4
from bitwright.golden.network import Linear
from bitwright.quantize import quantize_ffn, quantize_mhsa
from bitwright.quantize.linear import CLIPS, quantize_linear
from bitwright.quantize.mhsa import centred
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.quantize.networks import BITS, GAINS, OUTLIERS, SEEDS, activations, layer
from tests.quantize.networks import ffn as random_ffn
from tests.quantize.networks import mhsa as random_mhsa


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def layers(params):
    return [getattr(params, n) for n in ("fc", "q", "k", "v", "proj") if hasattr(params, n)]


@settings(max_examples=60)
@given(SEEDS, GAINS, OUTLIERS, BITS)
def test_every_multiplier_has_all_its_bits_and_no_bias_nears_the_end_of_int32(
    rng, gain, outlier, bits
):
    x = activations(rng, 5, 8, outlier)
    ours = [quantize_ffn(random_ffn(rng, 8, 12, gain), x, weight_bits=bits).params]
    if gain <= 1 and outlier <= 10:
        p = random_mhsa(rng, 8, 2, gain)
        ours.append(quantize_mhsa(p, x, causal=True, weight_bits=bits).params)
    for p in (part for params in ours for part in layers(params)):
        assert (p.mult >= 2**30).all() and (p.shift <= 63).all()
        assert (np.abs(p.bias.astype(np.int64)) <= 2**30).all()
        if bits == 4:
            pack_int4(p.weight)  # refuses what int4 does not hold


@pytest.mark.parametrize("bits", [8, 4])
def test_the_largest_weight_of_a_channel_and_the_largest_input_use_the_whole_range(rng, bits):
    p, x = random_ffn(rng, 32, 64), activations(rng, 9, 32)
    q = quantize_ffn(p, x, weight_bits=bits)
    assert np.abs(q.x(x)).max() == 127
    used = np.abs(q.params.fc.weight.astype(int)).max(axis=1)
    assert (used == 127).all() if bits == 8 else (used >= 7).all()


def test_a_bias_far_above_its_channels_weights_is_kept_and_nothing_wraps(rng):
    p, x = random_ffn(rng, 8, 4), activations(rng, 6, 8)
    p.fc.weight[2] = 1e-30
    p.fc.bias[2] = 3.0
    q = quantize_ffn(p, x)
    assert abs(int(q.params.fc.bias[2])) == 2**30
    assert np.abs(q.y(ffn(q.x(x), q.params)) - network.ffn(x, p)).max() < 0.2


def test_dead_channels_give_their_bias(rng):
    p, x = random_ffn(rng, 8, 4), activations(rng, 6, 8)
    p.fc.weight[1], p.fc.bias[1] = 0.0, 0.0
    p.proj.weight[3], p.proj.bias[3] = 0.0, 0.5
    q = quantize_ffn(p, x)
    y = q.y(ffn(q.x(x), q.params))
    assert not q.params.fc.weight[1].any() and not q.params.fc.bias[1].any()
    assert np.abs(y[:, 3] - 0.5).max() <= q.scales.y / 2


@pytest.mark.parametrize("causal", [True, False])
def test_a_batch_of_zeros_gives_a_kernel_that_takes_other_inputs_too(rng, causal):
    zeros, x = np.zeros((4, 8)), rng.uniform(-1, 1, (4, 8))
    p = random_ffn(rng, 8, 16)
    p = replace(p, fc=replace(p.fc, bias=np.zeros(16)), proj=replace(p.proj, bias=np.zeros(8)))
    q = quantize_ffn(p, zeros)
    assert not ffn(q.x(zeros), q.params).any()
    assert np.abs(q.y(ffn(q.x(x), q.params)) - network.ffn(x, p)).max() < 0.2
    a = random_mhsa(rng, 8, 2)
    a = network.Mhsa(
        *(replace(part, bias=np.zeros(8)) for part in (a.q, a.k, a.v, a.proj)), heads=2
    )
    b = quantize_mhsa(a, zeros, causal=causal)
    assert not mhsa(b.x(zeros), b.params, causal=causal)[0].any()
    real = network.mhsa(x, a, causal=causal)[0]
    assert np.abs(b.y(mhsa(b.x(x), b.params, causal=causal)[0]) - real).max() < 0.3


def test_a_network_of_nothing_but_zeros_gives_zeros():
    dead = Linear(np.zeros((4, 4)), np.zeros(4))
    q = quantize_ffn(network.Ffn(dead, dead), np.zeros((2, 4)))
    assert not ffn(np.full((2, 4), 127, np.int8), q.params).any()
    m = quantize_mhsa(network.Mhsa(dead, dead, dead, dead, 2), np.zeros((2, 4)), causal=True)
    assert not mhsa(np.full((2, 4), 127, np.int8), m.params, causal=True)[0].any()


def test_a_batch_of_one_token_leaves_a_range_for_others(rng):
    p, x = random_mhsa(rng, 16, 2), activations(rng, 12, 16)
    q = quantize_mhsa(p, x[:1], causal=True)
    y = q.y(mhsa(q.x(x), q.params, causal=True)[0])
    assert not q.key_mean.any() and not q.value_mean.any()
    assert np.abs(y - network.mhsa(x, p, causal=True)[0]).max() < 3.0


def test_hidden_values_that_gelu_takes_to_almost_nothing_give_almost_nothing():
    """-1e-8 is the most that is left of them, which no multiplier could bring to 127."""
    p = network.Ffn(*(Linear(np.ones((1, 1)), np.full(1, bias)) for bias in (0.0, 0.5)))
    x = np.array([[-1e4], [-6.0]])
    q = quantize_ffn(p, x)
    assert np.abs(q.y(ffn(q.x(x), q.params)) - 0.5).max() < 0.05


def test_a_batch_of_float32_is_taken(rng):
    p, x = random_ffn(rng, 8, 16), activations(rng, 5, 8).astype(np.float32)
    assert quantize_ffn(p, x).scales.x == pytest.approx(np.abs(x).max() / 127)


def test_what_was_quantised_prints_as_its_scales_on_a_few_lines(rng):
    x = activations(rng, 6, 64)
    for q in (
        quantize_ffn(random_ffn(rng, 64, 256), x),
        quantize_mhsa(random_mhsa(rng, 64, 4), x, causal=True),
    ):
        assert repr(q.scales.y) in repr(q) and len(repr(q)) < 400 and "\n" not in repr(q)


def test_gelu_is_given_no_scale_finer_than_its_integers_hold(rng):
    q = quantize_ffn(random_ffn(rng, 8, 8, 1e-4), activations(rng, 5, 8))
    assert q.scales.hidden == MIN_SCALE


def test_a_channel_of_large_keys_and_small_queries_costs_the_others_nothing(rng):
    p, x = random_mhsa(rng, 16, 2), activations(rng, 12, 16)
    p.k.weight[5] *= 100.0
    p.k.bias[5] *= 100.0
    p.q.weight[5] /= 100.0
    p.q.bias[5] /= 100.0
    q = quantize_mhsa(p, x, causal=True)
    assert np.allclose(q.scales.q * q.scales.key, q.scales.q[0] * q.scales.key[0])
    keys = network.trace_mhsa(x, p, causal=True).keys
    peaks = np.abs(keys - q.key_mean).max(axis=0) / q.scales.key
    assert peaks.max() <= 127.001 and np.median(peaks) > 60


def off(p, q, x):
    """Root mean square of what the kernel is off."""
    y = q.y(mhsa(q.x(x), q.params, causal=True)[0])
    return np.sqrt(np.mean((y - network.mhsa(x, p, causal=True)[0]) ** 2))


def test_offsets_of_keys_and_values_cost_nothing(rng):
    """A thousand deviations: gone from the integers, and what y gets of them is exact."""
    p, x = random_mhsa(rng, 16, 2), activations(rng, 12, 16)
    plain = off(p, quantize_mhsa(p, x, causal=True), x)
    p.k.bias[5] += 1000.0
    p.v.bias[:] += 1000.0 * rng.normal(size=16)
    p.proj.bias[:] -= p.proj.weight @ p.v.bias
    assert off(p, quantize_mhsa(p, x, causal=True), x) < 1.5 * plain


def test_centring_keys_and_values_changes_no_result(rng):
    p, x = random_mhsa(rng, 6, 2), rng.normal(size=(5, 6))
    same = centred(p, *rng.normal(size=(2, 6)))
    for causal in (True, False):
        y, other = (network.mhsa(x, part, causal=causal)[0] for part in (p, same))
        assert np.allclose(y, other, rtol=0, atol=1e-12)


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 6), st.integers(1, 20))
def test_the_clipping_of_int4_never_costs_more_than_none(rng, rows, columns):
    p, energy = layer(rng, rows, columns), rng.uniform(0.1, 10, columns)
    whole = np.abs(p.weight).max(axis=1, keepdims=True) / 7
    none = np.rint(p.weight / whole) * whole - p.weight
    q = quantize_linear(p, 1.0, 1.0, energy, 4, "fc")
    clipped = q.params.weight * q.weight_scale[:, None] - p.weight
    assert (clipped**2 @ energy <= none**2 @ energy * (1 + 1e-9)).all()


def test_the_clipping_of_int4_gains_on_normal_weights(rng):
    p = layer(rng, 64, 1024)
    whole = np.abs(p.weight).max(axis=1, keepdims=True) / 7
    none = np.rint(p.weight / whole) * whole - p.weight
    q = quantize_linear(p, 1.0, 1.0, np.ones(1024), 4, "fc")
    clipped = q.params.weight * q.weight_scale[:, None] - p.weight
    assert (clipped**2).mean() < 0.85 * (none**2).mean()
    assert CLIPS[4][0] == 1.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_all_named_at_once(rng, bad):
    p, x = random_ffn(rng, 4, 6), activations(rng, 3, 4)
    x[0, 0] = p.fc.weight[2, 1] = p.proj.bias[0] = bad
    with pytest.raises(ConfigError) as refusal:
        quantize_ffn(p, x)
    for line in ("batch: 1 of 12 values", "fc.weight: 1 of 24 values", "proj.bias: 1 of 4 values"):
        assert line in str(refusal.value)
    a = random_mhsa(rng, 4, 2)
    a.k.bias[1] = bad
    with pytest.raises(ConfigError, match=r"k\.bias: 1 of 4 values"):
        quantize_mhsa(a, np.zeros((2, 4)), causal=True)


def test_results_that_overflow_are_refused(rng):
    huge = Linear(np.full((2, 2), 1e200), np.zeros(2))
    with pytest.raises(ConfigError, match="y: 4 of 4 values"):
        quantize_ffn(network.Ffn(huge, huge), np.full((2, 2), 1.0))
    with pytest.raises(ConfigError, match="scores: 8 of 8 values"):
        quantize_mhsa(network.Mhsa(huge, huge, huge, huge, 2), np.ones((2, 2)), causal=True)


@pytest.mark.parametrize("shape", [(4,), (0, 4), (3, 5)])
def test_what_is_no_batch_is_refused(rng, shape):
    with pytest.raises(ConfigError, match=r"expected  \[..., tokens, 4\]"):
        quantize_ffn(random_ffn(rng, 4, 6), np.zeros(shape))


def test_another_number_of_bits_is_refused(rng):
    with pytest.raises(ConfigError, match="weight_bits is 5; expected 8 or 4"):
        quantize_ffn(random_ffn(rng, 4, 6), np.ones((2, 4)), weight_bits=5)


def test_scores_too_far_apart_are_refused(rng):
    with pytest.raises(ConfigError, match=r"one step of the scores is .* nats"):
        quantize_mhsa(random_mhsa(rng, 8, 2, 1000.0), activations(rng, 4, 8), causal=True)


def test_a_batch_that_hides_what_the_weights_can_do_is_refused(rng):
    """Hidden values cancel to almost nothing for this batch only."""
    p = random_ffn(rng, 4, 4)
    p.fc.weight[:] = [1e10, -1e10, 0, 0]
    p.fc.bias[:] = 0.0
    with pytest.raises(ConfigError, match=r"proj, a channel's multiplier: .* less than 2"):
        quantize_ffn(p, np.ones((3, 4)) * 1e4 + np.arange(4) // 2)


def test_the_same_weights_and_batch_give_the_same_integers(rng):
    p, x = random_mhsa(rng, 8, 2), activations(rng, 5, 8)
    one, other = (quantize_mhsa(p, x.copy(), causal=True).params for _ in range(2))
    for a, b in zip(layers(one), layers(other), strict=True):
        assert all(np.array_equal(getattr(a, n), getattr(b, n)) for n in ("weight", "bias", "mult"))


def test_a_batch_of_several_sequences_is_each_by_itself(rng):
    p, x = random_mhsa(rng, 8, 2), rng.normal(size=(3, 5, 8))
    whole = quantize_mhsa(p, x, causal=True)
    peaks = [np.abs(network.mhsa(s, p, causal=True)[0]).max() for s in x]
    assert whole.scales.y == pytest.approx(max(peaks) / 127)
