"""How far the integer kernels may be from the float network that they were made from.

Everything that rounds is followed, element by element: x, weights (the difference that there is,
its sign forgotten), biases, each stage's int8, the polynomials of GELU and exp, softmax's 7 bits
rounded down. Values beyond the calibrated range count with what saturation cuts off. Read with
error.WORST no input of any size leaves the bound; with error.LIKELY it is the standard deviation
that rounding may have, every element within error.DEVIATIONS of it, for the operands of a network.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bitwright.golden import gelu, network
from bitwright.golden.error import GELU_SLOPE, Attention, Errors, product
from bitwright.golden.floating import Float
from bitwright.golden.layer import Linear
from bitwright.golden.network import beside, by_head
from bitwright.quantize.calibration import LEVELS
from bitwright.quantize.ffn import QuantizedFfn
from bitwright.quantize.mhsa import QuantizedMhsa, centred

STEP = 2.0**-7  # of softmax's result
EXP_POLYNOMIAL = 0.0034  # relative, of I-BERT's second-order exp on -ln 2 .. 0: 0.00331
DYADIC = 2.0**-30  # relative, of a multiplier and its shift, twice what it is


def ffn(add: Errors, p: network.Ffn, quantized: QuantizedFfn, x: Float) -> Float:
    """Of quantized.y(golden ffn(quantized.x(x))) against the network's y: [..., tokens, embed]."""
    t, q, scales = network.trace_ffn(x, p), quantized, quantized.scales
    entering = _stored(add, t.x, np.zeros_like(t.x), scales.x)
    hidden = _linear(add, t.x, entering, p.fc, q.params.fc, scales.x, q.weight_scale["fc"])
    hidden = _stored(add, t.hidden, hidden, scales.hidden)
    activated = add.total(GELU_SLOPE * hidden, _gelu_error(p, q))
    activated = activated + _cut(t.activated, scales.activated)
    weight_scale = q.weight_scale["proj"]
    y = _linear(add, t.activated, activated, p.proj, q.params.proj, scales.activated, weight_scale)
    return _stored(add, t.y, y, scales.y)


def mhsa(
    add: Errors, p: network.Mhsa, quantized: QuantizedMhsa, x: Float, *, causal: bool
) -> Float:
    """Of y of a whole sequence [tokens, embed], at position 0."""
    q, scales = quantized, quantized.scales
    p = centred(p, q.key_mean, q.value_mean)
    t = network.trace_mhsa(x, p, causal=causal)
    entering = _stored(add, t.x, np.zeros_like(t.x), scales.x)

    def projected(name: str, value: Float, scale: float | Float) -> Float:
        real, integer = getattr(p, name), getattr(q.params, name)
        error = _linear(add, t.x, entering, real, integer, scales.x, q.weight_scale[name])
        return _stored(add, value, error, scale)

    queries = projected("q", t.q, scales.q)
    keys = projected("k", t.keys, scales.key)
    values = projected("v", t.values, scales.value)
    context = beside(_context(add, p, q, t, queries, keys, values))
    context = _stored(add, t.context, context, scales.context)
    weight_scale = q.weight_scale["proj"]
    y = _linear(add, t.context, context, p.proj, q.params.proj, scales.context, weight_scale)
    return _stored(add, t.y, y, scales.y)


def _context(
    add: Errors,
    p: network.Mhsa,
    q: QuantizedMhsa,
    t: network.MhsaTrace,
    queries: Float,
    keys: Float,
    values: Float,
) -> Float:
    """Of the integer softmax times values, [heads, tokens, head_dim].

    p_j as the integers have it is p_j, moved by what the scores are off, times 1 + what exp is off,
    less what is rounded down. The sum of p_j v_j follows.
    """
    k, v = by_head(t.keys, p.heads), by_head(t.values, p.heads)
    q_error, k_error, v_error = (by_head(part, p.heads) for part in (queries, keys, values))
    root = np.sqrt(k.shape[-1])
    reach = np.abs(by_head(t.q, p.heads)) + q_error
    scores = add.through(reach, k_error.swapaxes(-1, -2)) / root
    moved, reached = add.attention(
        Attention(t.seen, t.scores, t.probabilities, k, v, q_error / root, scores, v_error)
    )
    relative: Float = reached * np.expm1(_exp_error(q, t.probabilities))
    lost: Float = np.minimum(reached + relative, STEP + 1.0 / _exp_of_0(q))
    return add.total(moved, product(add, reached, relative, v, v_error), add.rounded_down(lost, v))


def _exp_error(q: QuantizedMhsa, probabilities: Float) -> Float:
    """Of a probability before it is rounded down, relative, in the exponent: golden.softmax.

    The polynomial is within EXP_POLYNOMIAL of exp, its constants are rounded to whole steps of the
    scores, ln 2 to a whole number of them, which counts once for every halving; all of this in the
    exp and in the sum of exps. Exps are rounded down one by one, and so is the sum's reciprocal.
    """
    keys, scale = probabilities.shape[-1], q.scales.score
    halvings = -np.log2(np.maximum(probabilities, 2.0**-30)) + np.log2(keys)
    constants = EXP_POLYNOMIAL + scale / 4 + scale**2
    sums = keys / _exp_of_0(q) + keys / 2.0**15
    error: Float = 2 * constants + scale / 2 * halvings + sums
    return error


def _exp_of_0(q: QuantizedMhsa) -> int:
    """exp(0) as an integer, the least that a sum of exps can be."""
    s = q.params.softmax
    return s.c * s.mult >> s.fp_bits


def _gelu_error(p: network.Ffn, q: QuantizedFfn) -> float:
    """Of the integer GELU with its rounding, over all 256 numbers it can meet."""
    every = np.arange(-128, 128).astype(np.int8)
    most = LEVELS * q.scales.activated
    real = np.clip(p.gelu(every.astype(np.float64) * q.scales.hidden), -most, most)
    integer = gelu.gelu(every, q.params.gelu) * q.scales.activated
    return float(np.abs(integer - real).max())


def _linear(
    add: Errors,
    x: Float,
    error: Float,
    real: network.Linear,
    integer: Linear,
    x_scale: float,
    weight_scale: Float,
) -> Float:
    """Of x weight^T + bias, x being off by `error`."""
    weight = integer.weight * (weight_scale / x_scale)[:, np.newaxis]
    bias = np.abs(real.bias - integer.bias * weight_scale)
    weight_error = np.abs(real.weight - weight)
    value = product(add, x, error, real.weight.T, weight_error.T)
    magnitudes = (np.abs(x) + error) @ np.abs(real.weight).T + np.abs(real.bias)
    return add.total(value, bias, DYADIC * magnitudes)


def _stored(add: Errors, value: Float, error: Float, scale: npt.ArrayLike) -> Float:
    """Of a value that is off by `error` before it is brought to int8."""
    return add.total(error, np.asarray(scale) / 2) + _cut(value, scale)


def _cut(value: Float, scale: npt.ArrayLike) -> Float:
    """What saturation takes: it moves two values no further apart, so errors before it stay."""
    beyond: Float = np.abs(value) - LEVELS * np.asarray(scale)
    return np.maximum(beyond, 0.0)
