"""The operators of the golden model in floating point (float64), to bound the integer ones' error.

Each takes and gives real values, not quantised ones; its integer counterpart has the same name.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_erf = np.vectorize(math.erf, otypes=[np.float64])


def requant(acc: npt.ArrayLike, bias: npt.ArrayLike, ratio: npt.ArrayLike) -> Float:
    """(acc + bias) * ratio held within [-128, 127], not rounded; ratio stands for mult / 2**shift.

    Broadcast like NumPy's arithmetic; the integer operator lies within 0.5 of this.
    """
    total = np.add(acc, bias, dtype=np.float64)
    held: Float = np.clip(np.multiply(total, ratio), -128.0, 127.0)
    return held


def mat_add(x: Float, residual: Float) -> Float:
    """x + residual."""
    total: Float = x + residual
    return total


def softmax(scores: Float, mask: Bool | None = None) -> Float:
    """exp(score) / sum of exp(score) over the last axis; where `mask` is False, 0.

    scores: float [..., N]; mask: bool, of a shape that broadcasts to it; True takes part.
    Raises ValueError where a row of the mask holds no True.
    """
    taking_part = np.broadcast_to(True if mask is None else mask, scores.shape)
    if not taking_part.any(axis=-1).all():
        raise ValueError("softmax: a row of the mask holds no True")
    kept = np.where(taking_part, scores, -np.inf)
    exp: Float = np.exp(kept - kept.max(axis=-1, keepdims=True))
    quotient: Float = exp / exp.sum(axis=-1, keepdims=True)
    return quotient


def gelu(x: Float) -> Float:
    """x * Phi(x), Phi the normal distribution: the form with erf (arXiv 1606.08415)."""
    y: Float = 0.5 * x * (1.0 + _erf(x / np.sqrt(2.0)))
    return y


def gelu_tanh(x: Float) -> Float:
    """The form with tanh that GPT-2 uses; within 0.0005 of `gelu` everywhere."""
    y: Float = 0.5 * x * (1.0 + np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3)))
    return y


def layer_norm(x: Float, weight: Float, bias: Float, eps: float = 1e-5) -> Float:
    """(x - mean) / sqrt(variance + eps) * weight + bias over the last axis; eps as GPT-2 has it.

    x: float [..., N]; weight, bias: float [N]
    """
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    y: Float = centred / np.sqrt(variance + eps) * weight + bias
    return y
