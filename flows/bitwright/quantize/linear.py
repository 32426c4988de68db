"""A linear layer: weights and bias to integers, one scale per output channel.

Symmetric, scale = largest magnitude / 127. With int4 the largest magnitude wastes what little there
is (16 levels), so each channel takes the clipping, of eleven tried between 100 % and 50 %, that
costs the least squared error of its sums, inputs weighed by their mean square in the calibration
batch; 100 % is among them, so it is never worse. (As AWQ's search does, arXiv 2306.00978, whose
scaling of channels is not used.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bitwright.errors import ConfigError
from bitwright.golden.floating import Float
from bitwright.golden.integer import dyadic
from bitwright.golden.layer import Linear
from bitwright.golden.linear import Int8, Int32, UInt8
from bitwright.golden.network import Linear as FloatLinear

LEAST_RATIO = 2.0**-32  # a shift of 63 and all 31 bits of the multiplier
MOST_BIAS = 2**30  # half of int32, so that sums of products and bias do not lean on saturation
CLIPS = {8: (1.0,), 4: tuple(np.linspace(1.0, 0.5, 11))}


@dataclass(frozen=True, slots=True)
class QuantizedLinear:
    """params.weight * weight_scale[:, None] is the real weight, to be met by x / x_scale."""

    params: Linear
    weight_scale: Float  # [out]


def quantize_linear(
    p: FloatLinear,
    x_scale: float | Float,
    y_scale: float | Float,
    x_energy: Float,
    weight_bits: int,
    name: str,
) -> QuantizedLinear:
    """Integers for y = p(x), x being int8 at x_scale and y int8 at y_scale.

    x_scale: one, or one per input channel [in], which is then folded into the weights
    y_scale: one, or one per output channel [out]
    x_energy: mean square of x / x_scale [in]; name: of the layer, for messages
    The bias is int32 at weight_scale. A channel of nothing but zeros, or one whose bias exceeds
    MOST_BIAS, gets the least scale at which the bias fits and the multiplier has all its bits; its
    weights then say less than 2**-30 of the bias, or of int8's range.
    """
    if weight_bits not in CLIPS:
        raise ConfigError(f"quantize: weight_bits is {weight_bits}; expected 8 or 4")
    weight = p.weight * x_scale  # [out, in], to be met by the integers of x
    levels = 2 ** (weight_bits - 1) - 1
    least = np.maximum(np.abs(p.bias) / MOST_BIAS, LEAST_RATIO * np.asarray(y_scale))
    scale = np.maximum(_weight_scale(weight, levels, x_energy, CLIPS[weight_bits]), least)
    mult, shift = _dyadics(scale / y_scale, name)
    return QuantizedLinear(
        params=Linear(
            weight=_round(weight, scale, levels),
            bias=np.rint(p.bias / scale).astype(np.int32),
            mult=mult,
            shift=shift,
        ),
        weight_scale=scale,
    )


def _dyadics(ratios: Float, name: str) -> tuple[Int32, UInt8]:
    try:
        pairs = [dyadic(ratio) for ratio in ratios.tolist()]
    except ValueError as error:
        raise ConfigError(
            f"quantize: {name}, a channel's multiplier: {error}\n"
            f"  likely  the calibration batch hardly moves results that the weights can move far\n"
            f"  next    calibrate with inputs like those of inference"
        ) from error
    mult, shift = zip(*pairs, strict=True)
    return np.array(mult, np.int32), np.array(shift, np.uint8)


def _round(weight: Float, scale: Float, levels: int) -> Int8:
    return np.clip(np.rint(weight / scale[:, None]), -levels - 1, levels).astype(np.int8)


def _weight_scale(weight: Float, levels: int, x_energy: Float, clips: tuple[float, ...]) -> Float:
    """The best of the clipped scales of each row [out]; 0 for a row of zeros."""
    whole: Float = np.abs(weight).max(axis=1) / levels
    nonzero = np.where(whole > 0, whole, 1.0)
    best: Float = whole
    least: Float = np.full(len(weight), np.inf)
    for clip in clips if len(clips) > 1 else ():
        error = _round(weight, clip * nonzero, levels) * (clip * nonzero)[:, None] - weight
        cost = error**2 @ x_energy
        best, least = np.where(cost < least, clip * whole, best), np.minimum(cost, least)
    return best
