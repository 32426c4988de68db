"""The bound on fp16 kernels against a kernel: float32 sums, halves between stages, in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from bitwright.golden import half, network
from bitwright.golden.error import DEVIATIONS, LIKELY, WORST
from bitwright.golden.network import Ffn, Linear, Mhsa, by_head
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

F32 = np.float32
FEW = st.integers(1, 4)


def stored(x):
    """Rounded to halves, ready for the next stage's float32."""
    return x.astype(np.float16).astype(F32)


def summed(a, b):
    """a b^T in float32, one addition after the other: the order with the largest error."""
    total = np.zeros((*a.shape[:-1], b.shape[-2]), F32)
    for k in range(a.shape[-1]):
        total += a[..., :, k, np.newaxis] * b[..., np.newaxis, :, k]
    return total


def linear(x, p, sums):
    return stored(sums(x, p.weight.astype(F32)) + p.bias.astype(F32))


def kernel_ffn(x, p, sums=summed):
    h = linear(x.astype(F32), p.fc, sums)
    inner = F32(0.7978845608) * (h + F32(0.044715) * h * h * h)
    return linear(stored(F32(0.5) * h * (F32(1) + np.tanh(inner))), p.proj, sums)


def kernel_mhsa(x, p, causal, sums=summed):
    q, k, v = (linear(x.astype(F32), layer, sums) for layer in (p.q, p.k, p.v))
    q, k, v = (by_head(part, p.heads) for part in (q, k, v))
    scores = stored(sums(q, k) / np.sqrt(F32(q.shape[-1])))
    scores = np.where(np.tri(len(x), dtype=bool) | (not causal), scores, F32(-np.inf))
    exp = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = stored(exp / exp.sum(axis=-1, keepdims=True, dtype=F32))
    return linear(stored(network.beside(sums(shares, v.swapaxes(-1, -2)))), p.proj, sums)


def halves(shape, most=60.0):
    return hnp.arrays(np.float16, shape, elements=st.floats(-most, most, width=16)).map(
        lambda array: array.astype(np.float64)
    )


@st.composite
def layers(draw, out, into):
    return Linear(draw(halves((out, into), 2.0)), draw(halves(out, 2.0)))


@settings(max_examples=60, deadline=None)
@given(st.data(), FEW, FEW, FEW)
def test_no_ffn_kernel_is_further_off_than_the_worst_case(data, tokens, embed, ff):
    p = Ffn(data.draw(layers(ff, embed)), data.draw(layers(embed, ff)))
    x = data.draw(halves((tokens, embed)))
    t = network.trace_ffn(x, p)
    assert np.all(np.abs(kernel_ffn(x, p) - t.y) <= half.ffn(WORST, p, t))


@settings(max_examples=60, deadline=None)
@given(st.data(), FEW, FEW, FEW, st.booleans())
def test_no_mhsa_kernel_is_further_off_than_the_worst_case(data, tokens, heads, width, causal):
    embed = heads * width
    p = Mhsa(*(data.draw(layers(embed, embed)) for _ in range(4)), heads)
    x = data.draw(halves((tokens, embed), 2.0))
    t = network.trace_mhsa(x, p, causal=causal)
    assert np.all(np.abs(kernel_mhsa(x, p, causal) - t.y) <= half.mhsa(WORST, p, t)[0])


def thin(rng, scale):
    """A layer of one number in, one out."""
    return Linear(half.half(rng.normal(0, scale, (1, 1))), half.half(rng.normal(0, scale, 1)))


@pytest.mark.parametrize("least", [1.0, 2.0**-11])  # of the second, no y is a normal half
def test_the_worst_case_of_an_ffn_kernel_is_nearly_reached(least):
    rng, reached = np.random.default_rng(1), 0.0
    for _ in range(200):
        proj = Linear(half.half(least * rng.normal(size=(1, 1))), np.zeros(1))
        p = Ffn(thin(rng, 1.0), proj)
        x = half.half(least * rng.normal(0, 2, (50, 1)))
        t = network.trace_ffn(x, p)
        reached = max(reached, (np.abs(kernel_ffn(x, p) - t.y) / half.ffn(WORST, p, t)).max())
    assert 0.6 < reached <= 1.0


def test_the_worst_case_of_an_mhsa_kernel_is_nearly_reached():
    rng, reached = np.random.default_rng(1), 0.0
    for _ in range(200):
        p = Mhsa(thin(rng, 2.0), thin(rng, 2.0), thin(rng, 1.0), thin(rng, 1.0), 1)
        x = half.half(rng.normal(0, 2, (20, 1)))
        t = network.trace_mhsa(x, p, causal=False)
        off = np.abs(kernel_mhsa(x, p, False) - t.y) / half.mhsa(WORST, p, t)[0]
        reached = max(reached, off.max())
    assert 0.6 < reached <= 1.0


def test_sums_that_cancel_keep_the_worst_case():
    """What is left is no larger than what float32 lost on the way."""
    rng = np.random.default_rng(1)
    w, x = (half.half(rng.normal(0, 30, shape)) for shape in ((1, 128), (50, 128)))
    p = Ffn(Linear(np.hstack([w, -w]), np.zeros(1)), Linear(np.ones((256, 1)), np.zeros(256)))
    x = np.hstack([x, x])
    t = network.trace_ffn(x, p)
    off = np.abs(kernel_ffn(x, p) - t.y)
    assert np.all(off <= half.ffn(WORST, p, t)) and off.max() > 1e-3


def normal(rng, out, into):
    return Linear(
        half.half(rng.normal(0, into**-0.5, (out, into))), half.half(rng.normal(0, 0.1, out))
    )


def judge(distance, likely):
    """Every element within DEVIATIONS, most within one; and the bound is not idle."""
    off = distance / likely
    assert off.max() <= DEVIATIONS
    assert 0.1 <= np.sqrt(np.mean(off**2)) <= 1.0


@pytest.mark.parametrize(("tokens", "embed", "ff"), [(3, 16, 64), (16, 64, 256)])
@pytest.mark.parametrize("seed", range(2))
def test_an_ffn_kernel_is_off_by_what_is_likely(tokens, embed, ff, seed):
    rng = np.random.default_rng(seed)
    p = Ffn(normal(rng, ff, embed), normal(rng, embed, ff))
    x = half.half(rng.normal(size=(tokens, embed)))
    t = network.trace_ffn(x, p)
    judge(np.abs(kernel_ffn(x, p) - t.y), half.ffn(LIKELY, p, t))


@pytest.mark.parametrize("tokens_embed_heads", [(3, 16, 2), (32, 64, 4)])
@pytest.mark.parametrize("gain", [1.0, 2.0])
@pytest.mark.parametrize("causal", [True, False])
def test_an_mhsa_kernel_is_off_by_what_is_likely(tokens_embed_heads, gain, causal):
    tokens, embed, heads = tokens_embed_heads
    rng = np.random.default_rng(tokens)
    p = Mhsa(*(normal(rng, embed, embed) for _ in range(4)), heads)
    x = half.half(gain * rng.normal(size=(tokens, embed)))
    t = network.trace_mhsa(x, p, causal=causal)
    judge(np.abs(kernel_mhsa(x, p, causal) - t.y), half.mhsa(LIKELY, p, t)[0])


def blas(a, b):
    return (a @ b.swapaxes(-1, -2)).astype(F32)


def test_the_bounds_at_the_size_of_gpt2_medium_are_those_stated():
    rng = np.random.default_rng(0)
    x = half.half(rng.normal(size=(128, 1024)))
    block = Ffn(normal(rng, 4096, 1024), normal(rng, 1024, 4096))
    t = network.trace_ffn(x, block)
    attention = Mhsa(*(normal(rng, 1024, 1024) for _ in range(4)), 16)
    a = network.trace_mhsa(x, attention, causal=True)
    for y, got, likely in (
        (t.y, kernel_ffn(x, block, blas), half.ffn(LIKELY, block, t)),
        (a.y, kernel_mhsa(x, attention, True, blas), half.mhsa(LIKELY, attention, a)[0]),
    ):
        judge(np.abs(got - y), likely)
        assert DEVIATIONS * likely.max() < 0.02 * np.abs(y).max()


def test_a_value_beyond_fp16_is_refused():
    with pytest.raises(ValueError, match="70000 is beyond 65504"):
        half.half(np.array([7e4]))
    p = Ffn(Linear(np.full((1, 1), 300.0), np.zeros(1)), Linear(np.ones((1, 1)), np.zeros(1)))
    t = network.trace_ffn(np.full((1, 1), 300.0), p)
    with pytest.raises(ValueError, match="a value may reach 90"):
        half.ffn(WORST, p, t)
