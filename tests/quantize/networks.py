"""Random networks in floating point: normal weights, with outliers where asked for."""

from __future__ import annotations

import numpy as np
from bitwright.golden.network import Ffn, Linear, Mhsa
from hypothesis import strategies as st


def layer(rng, out: int, into: int, gain: float = 1.0) -> Linear:
    """Sums have `gain` times the deviation of what goes in, roughly."""
    return Linear(rng.normal(0, gain / np.sqrt(into), (out, into)), rng.normal(0, 0.1 * gain, out))


def ffn(rng, embed: int, ff: int, gain: float = 1.0) -> Ffn:
    return Ffn(layer(rng, ff, embed, gain), layer(rng, embed, ff))


def mhsa(rng, embed: int, heads: int, gain: float = 1.0) -> Mhsa:
    q, k = (layer(rng, embed, embed, gain) for _ in "qk")
    return Mhsa(q, k, layer(rng, embed, embed), layer(rng, embed, embed), heads)


def activations(rng, tokens: int, embed: int, outlier: float = 1.0):
    """Normal; one channel `outlier` times as large, as in the residual stream of transformers."""
    x = rng.normal(size=(tokens, embed))
    x[:, rng.integers(embed)] *= outlier
    return x


SEEDS = st.integers(0, 2**32 - 1).map(np.random.default_rng)
GAINS = st.sampled_from([1e-6, 0.1, 1.0, 3.0])
OUTLIERS = st.sampled_from([1.0, 0.0, 10.0, 100.0])
BITS = st.sampled_from([8, 4])
