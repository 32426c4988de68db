"""The addition to the residual stream in integers, with one rounding for both scales.

Source: I-BERT (Kim et al., 2021, arXiv 2101.01321), section 3.1: a ratio of scales as a dyadic
number. There each operand is rounded and then added; here the sum is rounded, once.

How wide a stream: GPT-2 has channels a hundred times as large as the others, and the scale is
theirs: a step is the largest value / 127, / 2**15 or / 2**31. A rounding errs by 0.29 steps (rms),
the first one and A additions by 0.29 * sqrt(1 + A). Where the scale reaches 120 deviations of the
other channels, as the tests have it, these err by, relative to what they hold (rms),
- int8: 27 % at once, 74 % after 48 additions (24 layers of attention and feed-forward), for what a
  block adds, 0.15 deviations, is less than half a step and vanishes. Layer norm divides error and
  value alike, so nothing mends it;
- int16: 0.11 % and 0.5 %, a sixth of a step in the int8 result of the layer norm behind;
- int32: 0.000002 % and 0.00001 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bitwright.golden.integer import INT32_MAX, INT32_MIN, dyadic, expect_range, round_shift
from bitwright.golden.linear import Int8, Int32

Int16 = npt.NDArray[np.int16]
Stream = Int8 | Int16 | Int32

STREAM_TYPES: dict[int, type[np.signedinteger[Any]]] = {8: np.int8, 16: np.int16, 32: np.int32}


@dataclass(frozen=True, slots=True)
class MatAdd:
    """Constants of `mat_add`. Raises ValueError where a width could overflow."""

    mult: int  # int32: the addend's scale over the result's, times 2**shift
    residual_mult: int  # int32: the residual's, likewise
    shift: int  # uint8, 0 to 62
    out_bits: int = 16  # of the result: 8, 16 or 32

    def __post_init__(self) -> None:
        expect_range(
            "mat_add",
            mult=(self.mult, INT32_MIN, INT32_MAX),
            residual_mult=(self.residual_mult, INT32_MIN, INT32_MAX),
            shift=(self.shift, 0, 62),
        )
        if self.out_bits not in STREAM_TYPES:
            raise ValueError(f"mat_add: out_bits = {self.out_bits}, expected 8, 16 or 32")

    @classmethod
    def of(cls, scale: float, residual_scale: float, out_scale: float, out_bits: int = 16) -> Self:
        """The constants for an addend, a residual and a result of these scales, each positive.

        Raises ValueError for ratios of scales outside 2**-62 to 2**31.
        """
        ratios = scale / out_scale, residual_scale / out_scale
        _, shift = dyadic(max(ratios))  # of both, so that products add as they are
        shift = min(shift, 62)
        mult, residual_mult = (round(ratio * 2**shift) for ratio in ratios)
        return cls(mult, residual_mult, shift, out_bits)


def mat_add(x: Int8, residual: Stream, constants: MatAdd) -> Stream:
    """x + residual in the result's scale, rounded half to even and saturated to out_bits.

    x: int8, residual: int8, int16 or int32, of one shape, which the result has as well.
    Widths: the products 39 and 63 bits, their sum 64 signed.
    Error, for the constants of MatAdd.of, in steps of the result where it does not saturate: half,
    and (|x| + |residual|) * 2**-31 * the larger ratio of scales, for the multipliers have 31 bits;
    nothing more where the ratios are powers of two no further apart than 2**30.
    Raises TypeError for another element type, ValueError for shapes that differ.
    """
    if x.dtype != np.int8:
        raise TypeError(f"x is {x.dtype}; expected int8")
    if residual.dtype not in STREAM_TYPES.values():
        raise TypeError(f"residual is {residual.dtype}; expected int8, int16 or int32")
    if x.shape != residual.shape:
        raise ValueError(f"x has shape {x.shape}, residual {residual.shape}; expected the same")
    addend = x.astype(np.int64) * constants.mult
    total = addend + residual.astype(np.int64) * constants.residual_mult  # below 2**62 + 2**38
    rounded = round_shift(total, constants.shift)
    kind = STREAM_TYPES[constants.out_bits]
    held: Stream = np.clip(rounded, np.iinfo(kind).min, np.iinfo(kind).max).astype(kind)
    return held
