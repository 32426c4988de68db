"""The bounds on the integer kernels' distance from the float network, against that distance."""

from __future__ import annotations

import numpy as np
import pytest
from bitwright.errors import ConfigError
from bitwright.golden import network
from bitwright.golden.attention import mhsa
from bitwright.golden.error import DEVIATIONS, LIKELY, WORST
from bitwright.golden.ffn import ffn
from bitwright.quantize import error, quantize_ffn, quantize_mhsa
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from tests.quantize.networks import BITS, GAINS, OUTLIERS, SEEDS, activations
from tests.quantize.networks import ffn as random_ffn
from tests.quantize.networks import mhsa as random_mhsa

FEW = st.integers(1, 8)
ROUNDING = 1 + 1e-9  # of float64, which the bounds do not speak of


def ffn_pair(p, q, x):
    return network.ffn(x, p), q.y(ffn(q.x(x), q.params))


def mhsa_pair(p, q, x, causal):
    return network.mhsa(x, p, causal=causal)[0], q.y(mhsa(q.x(x), q.params, causal=causal)[0])


@settings(max_examples=200)
@given(SEEDS, FEW, FEW, FEW, GAINS, OUTLIERS, BITS, st.sampled_from([1.0, 0.01, 1.5, 1000.0]))
def test_no_ffn_is_further_off_than_the_worst_case(
    rng, tokens, embed, ff, gain, outlier, bits, beyond
):
    """Beyond the calibrated range too, where results saturate."""
    p = random_ffn(rng, embed, ff, gain)
    q = quantize_ffn(p, activations(rng, tokens, embed, outlier), weight_bits=bits)
    x = beyond * activations(rng, tokens, embed, outlier)
    real, got = ffn_pair(p, q, x)
    assert np.all(np.abs(got - real) <= ROUNDING * error.ffn(WORST, p, q, x))


@settings(max_examples=200)
@given(
    SEEDS, FEW, st.integers(1, 3), st.integers(1, 4), GAINS, OUTLIERS, BITS, st.booleans(),
    st.sampled_from([1.0, 0.01, 1.5, 10.0]),
)  # fmt: skip
@example(np.random.default_rng(2), 2, 2, 1, 1.0, 10.0, 8, False, 10.0)  # off by hundreds of nats
def test_no_mhsa_is_further_off_than_the_worst_case(
    rng, tokens, heads, width, gain, outlier, bits, causal, beyond
):
    embed = heads * width
    p = random_mhsa(rng, embed, heads, gain)
    batch = activations(rng, tokens, embed, outlier)
    try:
        q = quantize_mhsa(p, batch, causal=causal, weight_bits=bits)
    except ConfigError as refusal:
        assert "one step of the scores" in str(refusal)
        reject()
    x = beyond * activations(rng, tokens, embed, outlier)
    real, got = mhsa_pair(p, q, x, causal)
    assert np.all(np.abs(got - real) <= ROUNDING * error.mhsa(WORST, p, q, x, causal=causal))


def judge(real, got, likely):
    """Every element within DEVIATIONS; the bound is not idle, nor are they all near it.

    A small network is a small sample, whose tokens share the weights' errors: hence 2, not 1.
    """
    off = np.abs(got - real) / likely
    assert off.max() <= DEVIATIONS
    assert 0.2 <= np.sqrt(np.mean(off**2)) <= 2.0


@settings(max_examples=40)
@given(SEEDS, st.integers(4, 40), st.integers(24, 80), st.integers(48, 200), OUTLIERS, BITS)
def test_an_ffn_is_off_by_what_is_likely(rng, tokens, embed, ff, outlier, bits):
    p = random_ffn(rng, embed, ff)
    x = activations(rng, tokens, embed, outlier)
    q = quantize_ffn(p, x, weight_bits=bits)
    judge(*ffn_pair(p, q, x), error.ffn(LIKELY, p, q, x))


@settings(max_examples=40)
@given(
    SEEDS, st.integers(8, 40), st.integers(2, 4), st.integers(16, 24),
    st.sampled_from([0.5, 1.0]), st.sampled_from([1.0, 3.0]), BITS, st.booleans(),
)  # fmt: skip
def test_an_mhsa_is_off_by_what_is_likely(rng, tokens, heads, width, gain, outlier, bits, causal):
    """Gains at which errors of scores stay below one: the bound is of first order."""
    p = random_mhsa(rng, heads * width, heads, gain)
    x = activations(rng, tokens, heads * width, outlier)
    q = quantize_mhsa(p, x, causal=causal, weight_bits=bits)
    judge(*mhsa_pair(p, q, x, causal), error.mhsa(LIKELY, p, q, x, causal=causal))


def snr_db(real, got):
    return 10 * np.log10(np.mean(real**2) / np.mean((got - real) ** 2))


@settings(max_examples=40)
@given(SEEDS, st.integers(8, 32), st.integers(32, 96), BITS)
def test_an_ffn_of_normal_weights_has_the_stated_signal_to_noise(rng, tokens, embed, bits):
    """For inputs within the calibrated range; few samples of a small network scatter."""
    p, batch = random_ffn(rng, embed, 4 * embed), rng.normal(size=(256, embed))
    q, x = quantize_ffn(p, batch, weight_bits=bits), batch[:tokens]
    assert snr_db(*ffn_pair(p, q, x)) >= {8: 27, 4: 15}[bits]


@settings(max_examples=40)
@given(SEEDS, st.integers(8, 32), st.integers(2, 3), st.integers(16, 32), BITS, st.booleans())
def test_an_mhsa_of_normal_weights_has_the_stated_signal_to_noise(
    rng, tokens, heads, width, bits, causal
):
    embed = heads * width
    p, batch = random_mhsa(rng, embed, heads), rng.normal(size=(16, tokens, embed))
    q, x = quantize_mhsa(p, batch, causal=causal, weight_bits=bits), batch[0]
    assert snr_db(*mhsa_pair(p, q, x, causal)) >= {8: 18, 4: 12}[bits]


@pytest.mark.parametrize(("bits", "least_ffn", "least_mhsa"), [(8, 30.0, 20.0), (4, 15.0, 13.0)])
def test_the_blocks_of_gpt2_medium_have_the_stated_signal_to_noise(bits, least_ffn, least_mhsa):
    rng = np.random.default_rng(0)
    x = activations(rng, 128, 1024)
    p = random_ffn(rng, 1024, 4096)
    assert snr_db(*ffn_pair(p, quantize_ffn(p, x, weight_bits=bits), x)) >= least_ffn
    a = random_mhsa(rng, 1024, 16)
    q = quantize_mhsa(a, x, causal=True, weight_bits=bits)
    pair = mhsa_pair(a, q, x, True)
    assert snr_db(*pair) >= least_mhsa
    off = np.abs(pair[1] - pair[0]) / error.mhsa(LIKELY, a, q, x, causal=True)
    assert off.max() <= DEVIATIONS and 0.3 <= np.sqrt(np.mean(off**2)) <= 1.0
