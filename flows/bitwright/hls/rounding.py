"""How far an fp16 kernel may be from the float model: a bound on its rounding, from the values.

Memory and the streams between stages hold IEEE binary16, sums are in float32. Rounding errors are
taken as independent with mean zero, each bounded by its unit roundoff; a sum of such errors then
leaves LAMBDA times the root of its squared bounds with probability 2 exp(-LAMBDA**2 / 2) at most
(Hoeffding), 3e-14. Source: Higham and Mary, A New Approach to Probabilistic Rounding Error
Analysis, SIAM J. Sci. Comput. 41 (2019). The certain bound, n u instead of root n u, is thirty
times as wide at GPT-2's size and would let a wrong kernel pass. Errors are followed to the first
order: each function gives the root of squared bounds ("spread") of a stage, element by element.
"""

from __future__ import annotations

import numpy as np

from bitwright.golden.floating import Float
from bitwright.golden.network import Ffn, FfnTrace, Linear, Mhsa, MhsaTrace, beside, by_head

LAMBDA = 8.0
HALF = 2.0**-11  # unit roundoff of binary16
HALF_LEAST = 2.0**-25  # half of its smallest step
SINGLE = 2.0**-24  # unit roundoff of float32
FUNCTION = 32 * SINGLE  # relative error of exp, tanh and what surrounds them, in float32
GELU_SLOPE = 1.13  # greatest slope of GELU, either form


def ffn(p: Ffn, t: FfnTrace) -> float:
    """The greatest distance of an element of y.

    t: the float model's values for operands that are halves, [tokens, ...]
    """
    hidden = _root(_sums(t.x, p.fc), _half(t.hidden))
    gelu = GELU_SLOPE * hidden + FUNCTION * np.abs(t.hidden)
    activated = _root(gelu, _half(t.activated))
    return _allowed(t.y, _root(_through(activated, p.proj), _sums(t.activated, p.proj)))


def mhsa(p: Mhsa, t: MhsaTrace, past: int) -> tuple[float, float, float]:
    """The greatest distance of an element of y, of the new keys and of the new values.

    t: the float model's values for operands that are halves, of [tokens, embed] activations
    past: rows of keys and values that are operands, the caches' rows before position
    """
    q = _root(_sums(t.x, p.q), _half(t.q))
    keys, values = _sums(t.x, p.k), _sums(t.x, p.v)
    key_spread = _root(keys, _half(t.keys[past:]))
    value_spread = _root(values, _half(t.values[past:]))
    scores = _scores(t, q, _after(past, key_spread), p.heads)
    y = _root(
        _from_probabilities(p, t, scores),
        _through(_context(t, _after(past, value_spread), p.heads), p.proj),
        _sums(t.context, p.proj),
    )
    return _allowed(t.y, y), _allowed(t.keys[past:], keys), _allowed(t.values[past:], values)


def _scores(t: MhsaTrace, q_spread: Float, key_spread: Float, heads: int) -> Float:
    """Of q k^T / sqrt(head_dim), kept in float32: [heads, tokens, keys]."""
    q, keys, dq, dk = (by_head(m, heads) for m in (t.q, t.keys, q_spread, key_spread))
    transposed = np.abs(keys).swapaxes(-1, -2)
    width = q.shape[-1]
    operands = dq**2 @ transposed**2 + q**2 @ dk.swapaxes(-1, -2) ** 2
    sums = np.sqrt(width) * SINGLE * (np.abs(q) @ transposed)
    scaled: Float = _root(np.sqrt(operands), sums) / np.sqrt(width)
    return scaled + 2.0 * SINGLE * np.abs(t.scores)


def _from_probabilities(p: Mhsa, t: MhsaTrace, scores: Float) -> Float:
    """Of y, from what the probabilities are off: [tokens, embed].

    The errors of a row's scores hang together, so they count in full over its keys; heads do not.
    """
    relative = np.expm1(2.0 * LAMBDA * scores.max(axis=-1, keepdims=True)) / LAMBDA
    relative += FUNCTION + np.sqrt(t.keys.shape[0]) * SINGLE
    layer = by_head(p.proj.weight, p.heads).swapaxes(-1, -2)  # [heads, head_dim, embed]
    reach = np.abs(by_head(t.values, p.heads) @ layer)  # of each key's value, into each column of y
    together = relative * (t.probabilities @ reach)
    rounded = _half(t.probabilities) ** 2 @ reach**2
    spread: Float = np.sqrt((together**2 + rounded).sum(axis=0))
    return spread


def _context(t: MhsaTrace, value_spread: Float, heads: int) -> Float:
    """Of the heads' results, from what values are off and from their own rounding."""
    values = by_head(t.values, heads)
    operands = beside(t.probabilities**2 @ by_head(value_spread, heads) ** 2)
    sums = np.sqrt(t.keys.shape[0]) * SINGLE * beside(t.probabilities @ np.abs(values))
    return _root(np.sqrt(operands), sums, _half(t.context))


def _sums(x: Float, p: Linear) -> Float:
    """Of x weight^T + bias, from adding in float32."""
    magnitude = np.abs(x) @ np.abs(p.weight).T + np.abs(p.bias)
    spread: Float = np.sqrt(p.weight.shape[1] + 1) * SINGLE * magnitude
    return spread


def _through(spread: Float, p: Linear) -> Float:
    """Of x weight^T, from what x is off."""
    through: Float = np.sqrt(spread**2 @ (p.weight**2).T)
    return through


def _half(value: Float) -> Float:
    """The most that rounding to a half takes from a value or adds to it."""
    most: Float = HALF * np.abs(value) + HALF_LEAST
    return most


def _after(past: int, spread: Float) -> Float:
    """Of new rows, after those of a cache, which are exact."""
    return np.concatenate([np.zeros((past, spread.shape[1])), spread])


def _root(*spreads: Float) -> Float:
    """Of what is off for several reasons."""
    total: Float = np.sqrt(np.sum([spread**2 for spread in spreads], axis=0))
    return total


def _allowed(value: Float, spread: Float) -> float:
    """The greatest distance of a value that becomes a half in the end."""
    return float((LAMBDA * spread + _half(value)).max())
