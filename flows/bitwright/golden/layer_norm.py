"""Layer norm in integers: mean by a reciprocal, variance with a pre-shift, square root, division.

Source: I-BERT (Kim et al., 2021, arXiv 2101.01321), section 3.6 and algorithm 4, with the widths of
its authors' programs: the norm of the centred row, not its deviation, divides it, so a quotient is
at most 1 and has 30 fraction bits; sqrt(N) is in the weights. Two things are added: eps, and a bias
that is added after the weight, for GPT-2 has weights near 0.

Error, for the constants of LayerNorm.of, in steps of the result where it does not saturate: half
(rounding), 2**-out_shift, and |weight| / out_scale times that of the normalised value n, at most
  (|n| + 1) * ((1.2 * 2**shift + M) / D + 2**-17),
D = sqrt(variance + eps) and M = |mean| * (2**30 mod N) / 2**30, 0 where N is a power of two, both
in steps of x / 2**lift. For int8 and int16 lift makes x 24 bits wide and shift is 0: a row of int16
with a deviation of 100 steps has D = 25600, and n is right within (|n| + 1) * 0.00006.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from bitwright.golden.integer import (
    RADICAND_MAX,
    expect_range,
    fits,
    floor_divide,
    isqrt,
    round_shift,
)
from bitwright.golden.linear import Int8, Int32, Int64
from bitwright.golden.residual import STREAM_TYPES, Stream

MAX_CHANNELS = 2**13


@dataclass(frozen=True, slots=True)
class LayerNorm:
    """Constants of `layer_norm` for rows of N elements of one scale.

    Raises TypeError for a weight or bias other than int32, ValueError where a width could overflow.
    """

    weight: Int32  # [N]: weight * sqrt(N) / the result's scale, times 2**out_shift
    bias: Int32  # [N]: bias / the result's scale, times 2**out_shift
    out_shift: int  # uint8, 0 to 62 - fp_bits
    n_inv: int  # int32: 2**fp_bits / N, rounded down
    bits: int = 32  # of x: 8, 16 or 32
    lift: int = 0  # left shift of x, so that the mean's fraction counts; bits + lift <= 32
    shift: int = 6  # right shift of the centred row before it is squared
    eps: int = 1  # added to the sum of squares; at least 1, so that no norm is 0
    max_bits: int = 31  # of the dividend 2**max_bits of the norm
    fp_bits: int = 30  # fraction bits of n_inv and of a quotient

    def __post_init__(self) -> None:
        for name, array in (("weight", self.weight), ("bias", self.bias)):
            if array.dtype != np.int32:
                raise TypeError(f"{name} is {array.dtype}; expected int32")
        if self.weight.ndim != 1 or self.weight.shape != self.bias.shape:
            raise ValueError(f"weight {self.weight.shape}, bias {self.bias.shape}; expected [N]")
        if self.bits not in STREAM_TYPES:
            raise ValueError(f"layer_norm: bits = {self.bits}, expected 8, 16 or 32")
        channels, width = len(self.weight), self.bits + self.lift
        expect_range(
            "layer_norm",
            channels=(channels, 1, MAX_CHANNELS),
            lift=(self.lift, 0, 32 - self.bits),
            shift=(self.shift, 0, width),
            fp_bits=(self.fp_bits, 1, 30),
            max_bits=(self.max_bits, self.fp_bits, 61),
            out_shift=(self.out_shift, 0, 62 - self.fp_bits),
            eps=(self.eps, 1, RADICAND_MAX),
        )
        n_inv = (1 << self.fp_bits) // channels
        squares = _largest_squares(channels, width, self.shift)
        expect_range(
            "layer_norm",
            n_inv=(self.n_inv, n_inv, n_inv),
            squares=(squares + self.eps, 1, RADICAND_MAX),
        )

    @classmethod
    def of(
        cls,
        weight: npt.NDArray[np.float64],
        bias: npt.NDArray[np.float64],
        scale: float,
        out_scale: float,
        *,
        bits: int,
        eps: float = 1e-5,
    ) -> Self:
        """The constants for x of `bits` bits and the result in these scales.

        weight, bias: float [N]. For 768 channels of int32: shift = 6, n_inv = 1398101.
        Raises ValueError where no constants serve: a weight or bias that is not finite, a scale so
        fine that eps outgrows the squares.
        """
        channels, lift = len(weight), max(24 - bits, 0)
        real_eps = eps * channels / (scale / 2**lift) ** 2
        width = bits + lift
        shifts = (s for s in range(width) if _squares_fit(channels, width, s, real_eps))
        shift = next(shifts, width)
        weights, biases = weight * math.sqrt(channels) / out_scale, bias / out_scale
        peak = max(np.abs(weights).max(), np.abs(biases).max())
        if not math.isfinite(peak):
            raise ValueError(f"layer_norm: the largest weight or bias is {peak} steps; not finite")
        out_shift = min(31 - math.frexp(peak)[1], 32)
        return cls(
            weight=_to_int32(weights, out_shift),
            bias=_to_int32(biases, out_shift),
            out_shift=out_shift,
            n_inv=2**30 // channels,
            bits=bits,
            lift=lift,
            shift=shift,
            eps=max(1, round(real_eps / 4**shift)),
            max_bits=width + 23,  # a reciprocal of the largest norm keeps 16 bits
        )


def layer_norm(x: Stream, constants: LayerNorm) -> Int8:
    """(x - mean) / sqrt(variance + eps) * weight + bias over the last axis, in the result's scale.

    x: int of constants.bits [..., N]; returns int8 [..., N], rounded half to even and saturated.
    Widths: x and the mean 32 bits, the centred row 33; sum * n_inv 63; the sum of squares at most
    2**62; centred * reciprocal 63; a quotient 32, times weight 63, with the bias 64; asserted.
    Raises TypeError for another element type, ValueError for another N.
    """
    k = constants
    if x.dtype != STREAM_TYPES[k.bits]:
        raise TypeError(f"x is {x.dtype}; expected int{k.bits}")
    if x.shape[-1:] != k.weight.shape:
        raise ValueError(f"x has shape {x.shape}; expected {len(k.weight)} columns")
    lifted = fits(x.astype(np.int64) << k.lift, 32, "x * 2**lift")
    total = lifted.sum(axis=-1, keepdims=True)
    mean = fits(total * k.n_inv, 63, "sum * n_inv") >> k.fp_bits
    centred = fits(lifted - fits(mean, 32, "mean"), 33, "x - mean")
    quotient = _divide_by_norm(centred, k)
    scaled = fits(quotient * k.weight, 63, "quotient * weight")
    biased = scaled + (k.bias.astype(np.int64) << k.fp_bits)  # below 2**62 + 2**61
    rounded = round_shift(biased, k.fp_bits + k.out_shift)
    return np.clip(rounded, -128, 127).astype(np.int8)


def _divide_by_norm(centred: Int64, k: LayerNorm) -> Int64:
    """centred / sqrt(sum of centred**2 + eps), with fp_bits fraction bits, rounded down."""
    squares = ((centred >> k.shift) ** 2).sum(axis=-1, keepdims=True)
    norm = isqrt(squares + k.eps) << k.shift
    reciprocal = floor_divide(np.full_like(norm, 1 << k.max_bits), norm)
    product = fits(centred * reciprocal, 63, "centred * reciprocal")
    return fits(product >> (k.max_bits - k.fp_bits), 32, "the quotient")


def _largest_squares(channels: int, width: int, shift: int) -> int:
    return channels << 2 * (width - shift)  # |x - mean| < 2**width


def _squares_fit(channels: int, width: int, shift: int, real_eps: float) -> bool:
    return _largest_squares(channels, width, shift) + real_eps / (1 << 2 * shift) < RADICAND_MAX


def _to_int32(values: npt.NDArray[np.float64], shift: int) -> Int32:
    scaled = np.rint(np.ldexp(values, shift))
    return np.clip(scaled, -(2**31), 2**31 - 1).astype(np.int32)  # rounding may reach 2**31
