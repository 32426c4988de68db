"""GELU in integers: i-erf on int8, requantised.

Source: I-BERT (Kim et al., 2021, arXiv 2101.01321), section 3.4, algorithm 2: gelu(x) =
x / 2 * (1 + erf(x / sqrt 2)) with erf(v) ~ sgn(v) * (-0.2888 (min(|v|, 1.769) - 1.769)**2 + 1).

Error, for the constants of Gelu.of, where the result does not saturate: half a step of the result
(rounding), and of the polynomial
- 0.0182 against floating.gelu, 0.0179 against floating.gelu_tanh, GPT-2's form (the polynomial lies
  on the tanh form's side of erf), for arguments of scale up to 1/2, so |x| up to 64;
- 0.0305 against either for any coarser scale; 0.0299 at 1.43, where b = -28.0 becomes -29.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from bitwright.golden.integer import INT32_MAX, INT32_MIN, dyadic, expect_range, fits
from bitwright.golden.linear import Int8, Int64, requant

ERF_A, ERF_B = -0.2888, -1.769
GELU_UP = 4  # fraction bits that i-erf's argument gains, for its constants are rounded to integers
MIN_SCALE = 1 / 64  # of the argument: below, x * (erf + 1) leaves int32


@dataclass(frozen=True, slots=True)
class Gelu:
    """Constants of `gelu` for an int8 argument of one scale and a result of another.

    Raises ValueError where one of the 256 arguments would need more than int32 on the way.
    """

    b: int  # int32, negative: -1.769 in the scale of the raised argument of erf, S
    c: int  # int32, negative: 1 / (-0.2888 * S**2)
    one: int  # int32, negative: 1 in the scale of erf
    mult: int  # int32, negative: brings x * (erf + 1) to the result's scale, with shift
    shift: int  # uint8, 0 to 63

    def __post_init__(self) -> None:
        expect_range(
            "gelu",
            b=(self.b, INT32_MIN, -1),
            c=(self.c, INT32_MIN, -1),
            one=(self.one, INT32_MIN, -1),
            mult=(self.mult, INT32_MIN, -1),
            shift=(self.shift, 0, 63),
        )
        square = self.b**2  # at 0; the parabola falls from there to its top, c
        erf = [square + self.c, self.c]  # its sign follows the argument's
        sums = [sign * end + self.one for sign in (1, -1) for end in erf]
        expect_range(
            "gelu",
            square=(square, 0, INT32_MAX),
            erf=(max(abs(end) for end in erf), 0, INT32_MAX),
            product=(128 * max(abs(total) for total in sums), 0, INT32_MAX),
        )

    @classmethod
    def of(cls, scale: float, out_scale: float) -> Self:
        """The constants for an argument and a result of these scales: real = scale * int8.

        Raises ValueError for a scale below MIN_SCALE.
        """
        if not MIN_SCALE <= scale < math.inf:
            raise ValueError(f"gelu: scale {scale}; expected {MIN_SCALE} or more")
        raised = scale / math.sqrt(2.0) / 2**GELU_UP
        one = math.floor(1.0 / (ERF_A * raised**2))
        # a large x gives x * 2 * one, which is to be x whatever rounding did to one
        mult, shift = dyadic(scale / (2 * one) / out_scale)
        return cls(math.floor(ERF_B / raised), one, one, mult, shift)


def gelu(x: Int8, constants: Gelu) -> Int8:
    """x / 2 * (1 + erf(x / sqrt 2)), rounded half to even and saturated, in the result's scale.

    x: int8 of any shape, at least one axis; returns int8 of the same shape.
    Widths: |raised argument| 12 bits; the parabola, erf + 1 and x * (erf + 1) 32 bits, asserted.
    Raises TypeError for another element type.
    """
    if x.dtype != np.int8:
        raise TypeError(f"x is {x.dtype}; expected int8")
    wide = x.astype(np.int64)
    product = fits(wide * (_erf(wide << GELU_UP, constants) + constants.one), 32, "x * (erf + 1)")
    channels = x.shape[-1]
    return requant(
        product.astype(np.int32),
        np.zeros(channels, np.int32),
        np.full(channels, constants.mult, np.int32),
        np.full(channels, constants.shift, np.uint8),
    )


def _erf(raised: Int64, constants: Gelu) -> Int64:
    """i-erf: the parabola in |argument|, which is held at its top from -b on, with its sign."""
    argument = np.minimum(np.abs(raised), -constants.b)
    parabola = fits((argument + constants.b) ** 2 + constants.c, 32, "erf")
    signed: Int64 = np.sign(raised) * parabola
    return signed
