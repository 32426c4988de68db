"""How far an fp16 kernel may be from the float model: a bound on its rounding, from the values.

Memory and the streams between stages hold IEEE binary16, sums are in float32. Each function takes
what the float model computed and how far the kernel's operands may be from it, element by element,
and gives how far its result may be: the running error analysis of Higham, Accuracy and Stability
of Numerical Algorithms (2002), chapter 3, where n additions in any order lose at most
n u / (1 - n u) of the sum of magnitudes. It is a worst case: a real run is far inside.
"""

from __future__ import annotations

import numpy as np

from bitwright.golden.floating import Float
from bitwright.golden.network import Ffn, FfnTrace, Linear, Mhsa, MhsaTrace, beside, by_head

HALF = 2.0**-11  # unit roundoff of binary16
HALF_LEAST = 2.0**-25  # half of its smallest step
SINGLE = 2.0**-24  # unit roundoff of float32
FUNCTION = 32 * SINGLE  # relative error of exp, tanh and what surrounds them, in float32
GELU_SLOPE = 1.13  # greatest slope of GELU, either form


def ffn(p: Ffn, t: FfnTrace) -> float:
    """The greatest distance of an element of y.

    t: the float model's values for operands that are halves
    """
    hidden = _half(t.hidden, _linear(t.x, 0.0, p.fc))
    activated = _half(t.activated, GELU_SLOPE * hidden + FUNCTION * np.abs(t.hidden))
    return float(_half(t.y, _linear(t.activated, activated, p.proj)).max())


def mhsa(p: Mhsa, t: MhsaTrace, past: int) -> tuple[float, float, float]:
    """The greatest distance of an element of y, of the new keys and of the new values.

    t: the float model's values for operands that are halves, of [tokens, embed] activations
    past: rows of keys and values that are operands, the caches' rows before position
    """
    q = _half(t.q, _linear(t.x, 0.0, p.q))
    keys, values = (
        _after(past, _half(made[past:], _linear(t.x, 0.0, layer)), made)
        for made, layer in ((t.keys, p.k), (t.values, p.v))
    )
    heads = p.heads
    scores = _scores(t, q, keys, heads)
    worst = scores.max(axis=-1, keepdims=True)
    relative = np.expm1(2.0 * worst) + FUNCTION + t.keys.shape[0] * SINGLE
    probabilities = _half(t.probabilities, t.probabilities * relative)
    context = beside(
        _product(t.probabilities, probabilities, by_head(t.values, heads), by_head(values, heads))
    )
    y = _half(t.y, _linear(t.context, _half(t.context, context), p.proj))
    return float(y.max()), float(keys.max()), float(values.max())


def _scores(t: MhsaTrace, q: Float, keys: Float, heads: int) -> Float:
    """Of q k^T / sqrt(head_dim), kept in float32 [heads, tokens, keys]."""
    left, right = by_head(t.q, heads), by_head(t.keys, heads).swapaxes(-1, -2)
    error = _product(left, by_head(q, heads), right, by_head(keys, heads).swapaxes(-1, -2))
    scaled: Float = error / np.sqrt(left.shape[-1]) + 2.0 * SINGLE * np.abs(t.scores)
    return scaled


def _linear(x: Float, error: Float | float, p: Linear) -> Float:
    """Of x weight^T + bias, not yet a half: x may be `error` off, the weights are exact."""
    wrong = np.broadcast_to(np.asarray(error, np.float64), x.shape)
    magnitude = (np.abs(x) + wrong) @ np.abs(p.weight).T + np.abs(p.bias)
    lost: Float = wrong @ np.abs(p.weight).T + _additions(p.weight.shape[1] + 1) * magnitude
    return lost


def _product(a: Float, a_error: Float, b: Float, b_error: Float) -> Float:
    """Of a b, summed in float32; [..., m, k] and [..., k, n]."""
    reach_a, reach_b = np.abs(a) + a_error, np.abs(b) + b_error
    lost: Float = reach_a @ reach_b - np.abs(a) @ np.abs(b)
    rounded: Float = lost + _additions(a.shape[-1]) * (reach_a @ reach_b)
    return rounded


def _half(value: Float, error: Float) -> Float:
    """Of a value that is rounded to a half, after what it was off before."""
    rounded: Float = error + HALF * (np.abs(value) + error) + HALF_LEAST
    return rounded


def _after(past: int, error: Float, whole: Float) -> Float:
    """The error of new rows, after those of a cache, which are exact."""
    return np.concatenate([np.zeros_like(whole[:past]), error])


def _additions(count: int) -> float:
    return count * SINGLE / (1.0 - count * SINGLE)
