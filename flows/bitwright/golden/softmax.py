"""Softmax in integers: i-exp and an integer division.

Source: I-BERT (Kim et al., 2021, arXiv 2101.01321), section 3.5, algorithm 3: exp(x) = 2**-z *
exp(r) with z = floor(-x / ln 2), -ln 2 < r <= 0, and exp(r) ~ 0.3585 (r + 1.353)**2 + 0.344, here
in the expanded form 0.35815 (r (r + b) + c) of the authors' programs.

Error, for the constants of Softmax.of and N keys of scale S, in steps of 2**-7: the result minus
128 * floating.softmax lies between -(1.12 + A) and 0.1 + A + B, where
- 1 of the 1.12 is rounding down, and 1 held at 127; the rest is the polynomial's;
- A = 16 * S * log2(N + 1): ln 2 is a whole number of steps of S, and z counts its error. 0.06 at
  S = 0.0005, N = 128, as in GPT-2; 0.2 for the BERT head's S = 0.0014;
- B = 128 * N / (N + E), E = exp(0) as an integer, 32756 to 32766 up to FULL_SCALE: keys whose exp
  is just below 1 / E count for nothing. 0.5 for 128 keys, 3.9 for 1024, if all but one lie there.
Beyond FULL_SCALE E falls with 5.58 / S**2. The tests search for the worst rows and reach these.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from bitwright.golden.integer import INT32_MAX, expect_range, fits, floor_divide
from bitwright.golden.linear import Int8, Int32, Int64

Bool = npt.NDArray[np.bool_]

EXP_A, EXP_B, EXP_C = 0.35815147, 0.96963238 / 0.35815147, 1.0 / 0.35815147
EXP_BITS = 15  # of exp after `mult`; one less than int16, for its sign
MIN_SCALE = 3.7e-5  # of scores; below, c leaves int32
MAX_SCALE = 1 / 8  # above, ln 2 is 5 steps or fewer, and exp more a guess than a number
FULL_SCALE = 0.0130  # up to here mult is wide enough for 15 bits of exp; 8 are left at MAX_SCALE


@dataclass(frozen=True, slots=True)
class Softmax:
    """Constants of `softmax` for scores of one scale S; all that they let happen fits int64.

    Raises ValueError where a width could overflow or exp would not fall with its argument.
    """

    b: int  # int32: 2.707 / S
    c: int  # int32: 2.792 / S**2
    ln2: int  # int32, negative: -ln 2 / S
    ln2_inv: int  # int32, negative: 2**fp_bits / ln2, rounded down
    mult: int  # int32: brings exp to 15 bits, after a shift by fp_bits
    fp_bits: int = 30  # fraction bits of ln2_inv and mult
    max_bits: int = 30  # largest power of two that exp is divided by; bits of the reciprocal
    out_bits: int = 7  # fraction bits of the result

    def __post_init__(self) -> None:
        expect_range(
            "softmax",
            fp_bits=(self.fp_bits, 1, 30),
            max_bits=(self.max_bits, EXP_BITS, 30),
            out_bits=(self.out_bits, 1, 7),
            ln2=(self.ln2, -INT32_MAX, -1),
            mult=(self.mult, 1, INT32_MAX),
        )
        ln2_inv = (1 << self.fp_bits) // self.ln2
        expect_range(
            "softmax",
            b=(self.b, -2 * self.ln2, INT32_MAX),  # exp rises from ln2 on
            ln2_inv=(self.ln2_inv, ln2_inv, ln2_inv),
            steps=(-self.max_bits * self.ln2, 0, (1 << self.fp_bits) - 1),  # so that z <= max_bits
        )
        largest = self._polynomial(self.max_bits * self.ln2**2 >> self.fp_bits)
        expect_range(
            "softmax",
            smallest_exp=(self._polynomial(self.ln2), 0, INT32_MAX),
            largest_exp=(largest, 0, INT32_MAX),
            exp=(largest * self.mult >> self.fp_bits, 0, 2**EXP_BITS - 1),
            exp_of_0=(self.c * self.mult >> self.fp_bits, 1, 2**EXP_BITS - 1),  # no sum is 0
        )

    def _polynomial(self, r: int) -> int:
        return r * (r + self.b) + self.c

    @property
    def max_keys(self) -> int:
        """The longest row whose sum of exps a reciprocal of `max_bits` bits still reaches."""
        return (1 << self.max_bits) // ((1 << EXP_BITS) - 1)

    @classmethod
    def of(cls, scale: float) -> Self:
        """The constants for scores of a scale: real score = scale * score; result / 2**7.

        Raises ValueError for a scale outside MIN_SCALE to MAX_SCALE.
        """
        if not MIN_SCALE <= scale <= MAX_SCALE:
            raise ValueError(f"softmax: scale {scale}; expected {MIN_SCALE} to {MAX_SCALE}")
        b, c = round(EXP_B / scale), math.floor(EXP_C / scale**2)
        ln2 = -round(math.log(2.0) / scale)  # to nearest, for its error counts z times
        overshoot = 30 * ln2**2 >> 30  # the largest r; 0 unless the scale is very fine
        largest = overshoot * (overshoot + b) + c
        mult = min(((2**EXP_BITS - 1) << 30) // largest, INT32_MAX)
        return cls(b, c, ln2, 2**30 // ln2, mult)


def softmax(scores: Int32, constants: Softmax, mask: Bool | None = None) -> Int8:
    """Each score's share of the sum of exps over the last axis, scale 2**-out_bits.

    scores: int32 [..., N], N <= constants.max_keys; mask: bool, broadcasts to scores; True takes
    part, and what does not has the result 0.
    Returns int8 [..., N], 0 to 2**out_bits - 1, rounded down.
    Widths: score - maximum 33 bits, then clipped to max_bits * ln2; exp 31 bits, and 15 after
    mult; products of both 62; the sum of exps 31; all signed and asserted.
    Raises TypeError for another element type, ValueError for a row without a True or too long.
    """
    if scores.dtype != np.int32:
        raise TypeError(f"scores is {scores.dtype}; expected int32")
    taking_part = np.broadcast_to(np.bool_(True) if mask is None else mask, scores.shape)
    if scores.shape[-1] > constants.max_keys:
        raise ValueError(f"softmax: {scores.shape[-1]} keys; expected {constants.max_keys} or less")
    if not taking_part.any(axis=-1).all():
        raise ValueError("softmax: a row of the mask holds no True")
    wide = scores.astype(np.int64)
    top = wide.max(axis=-1, keepdims=True, where=taking_part, initial=-(2**31))
    below = fits(np.where(taking_part, wide - top, 0), 33, "score - maximum")
    exp = np.where(taking_part, _exp(below, constants), 0)
    total = fits(exp.sum(axis=-1, keepdims=True), 32, "the sum of exps")
    reciprocal = floor_divide(np.full_like(total, 1 << constants.max_bits), total)
    share = fits(exp * reciprocal, 32, "exp * reciprocal")
    quotient: Int64 = share >> (constants.max_bits - constants.out_bits)
    return np.minimum(quotient, (1 << constants.out_bits) - 1).astype(np.int8)


def causal_mask(tokens: int, position: int, keys: int) -> Bool:
    """Who attends to whom: bool [tokens, keys], True where key j <= position + i of token i.

    position: how many keys lie before token 0. Raises ValueError where a token's own key is absent.
    """
    if tokens < 0 or position < 0 or keys < position + tokens:
        raise ValueError(f"causal_mask: tokens {tokens}, position {position}, keys {keys}")
    seen: Bool = np.arange(keys) <= position + np.arange(tokens)[:, np.newaxis]
    return seen


def _exp(below: Int64, constants: Softmax) -> Int64:
    """i-exp of scores minus their maximum: int64 <= 0 to 15 bits."""
    clipped = np.maximum(below, constants.max_bits * constants.ln2)
    z = fits(clipped * constants.ln2_inv, 63, "score * ln2_inv") >> constants.fp_bits
    r = clipped - z * constants.ln2
    polynomial = fits(r * (r + constants.b) + constants.c, 32, "the polynomial of exp")
    scaled = fits(polynomial * constants.mult, 63, "exp * mult")
    return fits(scaled >> (constants.fp_bits + z), EXP_BITS + 1, "exp")
