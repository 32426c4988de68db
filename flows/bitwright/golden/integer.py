"""What the integer operators share: widths held to, square root, division, rounding, scales."""

from __future__ import annotations

import math

import numpy as np

from bitwright.golden.linear import Int64

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
RADICAND_MAX = 2**62


def fits(values: Int64, bits: int, what: str) -> Int64:
    """The values themselves, once it is sure that `bits` bits (two's complement) hold each.

    values: int64 of any shape, computed without wrapping; 1 <= bits <= 63; what: for the message.
    Raises AssertionError otherwise: the constants of an operator were let through wrongly.
    """
    limit = np.int64(1) << (bits - 1)
    assert np.all((values >= -limit) & (values < limit)), f"{what} needs more than {bits} bits"
    return values


def isqrt(radicand: Int64) -> Int64:
    """floor(sqrt(radicand)), exact for every 0 <= radicand <= 2**62.

    radicand: int64 of any shape; returns int64 <= 2**31 of the same shape. Bit by bit, 32 steps of
    a comparison and a subtraction, as hardware does it; I-BERT (arXiv 2101.01321, algorithm 4)
    finds the same number by Newton's iteration, which divides in every step.
    Raises ValueError for a radicand outside the range.
    """
    if np.any((radicand < 0) | (radicand > RADICAND_MAX)):
        raise ValueError(f"isqrt: {radicand.min()} to {radicand.max()}; expected 0 to 2**62")
    rest, root = radicand.astype(np.int64), np.zeros_like(radicand, np.int64)
    for step in range(31, -1, -1):
        bit = np.int64(1) << (2 * step)
        trial = root + bit  # below 2**63
        taken = rest >= trial
        rest = np.where(taken, rest - trial, rest)
        root = (root >> 1) + np.where(taken, bit, 0)
    return root


def floor_divide(dividend: Int64, divisor: Int64) -> Int64:
    """floor(dividend / divisor) of a dividend >= 0 by a divisor >= 1, int64 that broadcast.

    With these signs rounding down and rounding to zero agree, so any divider gives the same.
    Raises ValueError for other signs.
    """
    if np.any(dividend < 0) or np.any(divisor < 1):
        raise ValueError("floor_divide: expected a dividend >= 0 and a divisor >= 1")
    quotient: Int64 = dividend // divisor
    return quotient


def round_shift(values: Int64, shift: int) -> Int64:
    """values / 2**shift, rounded half to even; int64 of any shape, 0 <= shift <= 62."""
    quotient = values >> shift
    lost = values - (quotient << shift)  # 0 to 2**shift - 1
    twice, whole = lost << 1, np.int64(1) << shift
    rounded: Int64 = quotient + ((twice > whole) | ((twice == whole) & (quotient & 1 == 1)))
    return rounded


def dyadic(ratio: float) -> tuple[int, int]:
    """The multiplier and the right shift that stand for a ratio of scales: mult / 2**shift.

    mult: of 32 bits, |mult| >= 2**30 where shift < 63, so within 2**-31 of the ratio, relatively;
    0 <= shift <= 63: what lies below 2**-33 keeps fewer bits. Source: I-BERT, section 3.1.
    Raises ValueError for a ratio that rounds to 2**31 or more or to 0, or is not finite.
    """
    shift = min(63, 31 - math.frexp(ratio)[1]) if math.isfinite(ratio) else -1
    if shift < 0:
        raise ValueError(f"the ratio of scales is {ratio}; expected less than 2**31")
    mult = round(math.ldexp(ratio, shift))
    if abs(mult) == 2**31:  # rounded up
        mult, shift = mult // 2, shift - 1
    if mult == 0 or shift < 0:
        raise ValueError(f"the ratio of scales is {ratio}; expected 2**-64 to 2**31")
    return mult, shift


def expect_range(operator: str, **named: tuple[int, int, int]) -> None:
    """Each name with its value and the bounds it must keep; ValueError names those outside."""
    wrong = [
        f"{name} = {value}, expected {low} to {high}"
        for name, (value, low, high) in named.items()
        if not low <= value <= high
    ]
    if wrong:
        raise ValueError(f"{operator}: {'; '.join(wrong)}")
