"""What an fp16 kernel computes, and how far it may be from the float model.

The model is golden.network in float64 on inputs and weights that are halves (IEEE binary16). A
kernel, as it is assumed here and as ip/ffn and ip/mhsa are,

- multiplies halves exactly (22 bits fit float32) and adds in float32, in any order, bias included;
- rounds the result of every stage to a half, to nearest: q, k, v, scores, probabilities, context,
  the hidden layer before and after GELU, y (one that keeps a stage in float32 is closer);
- computes exp, tanh and what surrounds them in float32, to within FUNCTION relatively.

`ffn` and `mhsa` give the bound for every element of y. For the blocks of GPT-2 Medium, weights and
activations normal, 128 tokens, y up to 3.1 and 3.6: seven likely deviations are 0.012 and 0.014,
the worst case is 0.12 and 1.2. A kernel emulated in NumPy is 0.34 and 0.42 deviations off (root
mean square), 2.1 at most: 0.0014. The worst case of layers of one number is reached to 0.9 and 0.8.
"""

from __future__ import annotations

import numpy as np

from bitwright.golden.error import GELU_SLOPE, Attention, Errors, product
from bitwright.golden.floating import Float
from bitwright.golden.network import Ffn, FfnTrace, Linear, Mhsa, MhsaTrace, beside, by_head

HALF = 2.0**-11  # unit roundoff of binary16
HALF_LEAST = 2.0**-25  # half of its smallest step
HALF_MOST = 65504.0  # its largest number
SINGLE = 2.0**-24  # unit roundoff of float32
FUNCTION = 32 * SINGLE  # relative, of exp, tanh and the operations around them in float32


def half(x: Float) -> Float:
    """x rounded to halves, as float64. Raises ValueError where one is beyond HALF_MOST."""
    if not np.all(np.abs(x) <= HALF_MOST):
        raise ValueError(f"half: {np.abs(x).max():.6g} is beyond {HALF_MOST:.0f}, fp16's largest")
    return np.asarray(x, np.float64).astype(np.float16).astype(np.float64)


def ffn(add: Errors, p: Ffn, t: FfnTrace) -> Float:
    """Of y [..., tokens, embed], t being the model's values for operands that are halves.

    Raises ValueError where a value may leave fp16's range.
    """
    hidden = _stored(add, t.hidden, _linear(add, t.x, np.zeros_like(t.x), p.fc))
    gelu = add.total(GELU_SLOPE * hidden, FUNCTION * (np.abs(t.hidden) + hidden))
    activated = _stored(add, t.activated, gelu)
    return _stored(add, t.y, _linear(add, t.activated, activated, p.proj))


def mhsa(add: Errors, p: Mhsa, t: MhsaTrace) -> tuple[Float, Float, Float]:
    """Of y, of the new keys and of the new values, [..., tokens, embed] each.

    t: the model's values for operands that are halves, of caches too: their rows are exact
    Raises ValueError where a value may leave fp16's range.
    """
    exact, tokens = np.zeros_like(t.x), t.x.shape[-2]
    q = _stored(add, t.q, _linear(add, t.x, exact, p.q))
    new_keys = _stored(add, t.keys[..., -tokens:, :], _linear(add, t.x, exact, p.k))
    new_values = _stored(add, t.values[..., -tokens:, :], _linear(add, t.x, exact, p.v))
    keys, values = (_behind(t.keys, new_keys), _behind(t.values, new_values))
    context = beside(_context(add, p, t, q, keys, values))
    y = _linear(add, t.context, _stored(add, t.context, context), p.proj)
    return _stored(add, t.y, y), new_keys, new_values


def _context(
    add: Errors, p: Mhsa, t: MhsaTrace, queries: Float, keys: Float, values: Float
) -> Float:
    """Of softmax(q k^T / sqrt(head_dim)) v, [..., heads, tokens, head_dim]."""
    q, k, v = (by_head(part, p.heads) for part in (t.q, t.keys, t.values))
    errors = (by_head(part, p.heads) for part in (queries, keys, values))
    q_error, k_error, v_error = errors
    root, count = np.sqrt(q.shape[-1]), k.shape[-2]
    scores = _scores(add, t, np.abs(q) + q_error, k, k_error)
    moved, reached = add.attention(
        Attention(t.seen, t.scores, t.probabilities, k, v, q_error / root, scores, v_error)
    )
    # exp and its sum are float32; the quotient becomes a half where it is not masked
    rounded = (FUNCTION + add.additions(count, SINGLE) + HALF) * reached
    rounded += HALF_LEAST * (reached > 0)
    sums = add.additions(count, SINGLE) * (reached @ (np.abs(v) + v_error))
    return add.total(moved, product(add, reached, rounded, v, v_error), sums)


def _scores(add: Errors, t: MhsaTrace, reach: Float, k: Float, k_error: Float) -> Float:
    """Of each score by itself [..., heads, tokens, keys]: what the key, sums and rounding add.

    reach: [..., heads, tokens, head_dim], how large a query may be
    """
    columns, root = (k_error.swapaxes(-1, -2), np.sqrt(k.shape[-1]))
    sums = add.additions(k.shape[-1], SINGLE) * (reach @ (np.abs(k) + k_error).swapaxes(-1, -2))
    # the division, and the row's maximum that is subtracted before exp
    single = 4 * SINGLE * np.abs(t.scores).max(axis=-1, keepdims=True)
    error = add.total(add.through(reach, columns) / root, sums / root, single)
    return _stored(add, t.scores, error)


def _linear(add: Errors, x: Float, error: Float, p: Linear) -> Float:
    """Of x weight^T + bias in float32, where x is off by `error` and the weights are exact."""
    magnitudes = (np.abs(x) + error) @ np.abs(p.weight).T + np.abs(p.bias)
    additions = add.additions(p.weight.shape[1] + 1, SINGLE)
    carried = add.through(error, p.weight.T) if np.any(error) else 0.0
    return add.total(carried, additions * magnitudes)


def _stored(add: Errors, value: Float, error: Float) -> Float:
    """Of a value that is off by `error` before it is rounded to a half."""
    reach = np.abs(value) + error
    if not np.all(reach <= HALF_MOST):
        raise ValueError(f"half: a value may reach {reach.max():.6g}; fp16 ends at {HALF_MOST:.0f}")
    return add.total(error, HALF * reach + HALF_LEAST)


def _behind(whole: Float, new: Float) -> Float:
    """The errors of new rows behind those of a cache, which are exact."""
    past = np.zeros_like(whole[..., : whole.shape[-2] - new.shape[-2], :])
    return np.concatenate([past, new], axis=-2)
