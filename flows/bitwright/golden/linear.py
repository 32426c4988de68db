"""Matrix product and requantisation in integers, bit for bit what the engine `matmul` gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Int8 = npt.NDArray[np.int8]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]

MAX_K = (2**31 - 1) // 2**14  # |int8 * int8| <= 2**14: as many products surely fit an int32


def requant(acc: Int32, bias: Int32, mult: Int32, shift: UInt8) -> Int8:
    """Bring accumulators back to int8, one scale per output channel (the last axis).

    acc: int32 [..., N]; bias: int32 [N]; mult: int32 [N]; shift: uint8 [N], low six bits used
    Returns int8 [..., N] = saturate(round_half_to_even((acc + bias) * mult / 2**shift)); the sum
    has 33 bits, the product 65, and neither wraps. Source: the dyadic numbers b / 2**c of
    I-BERT (arXiv 2101.01321, section 3.1 and appendix), with a bias.
    Raises TypeError for another element type, ValueError for another shape.
    """
    _expect(acc, np.int32, "acc")
    for name, array, kind in (
        ("bias", bias, np.int32),
        ("mult", mult, np.int32),
        ("shift", shift, np.uint8),
    ):
        _expect(array, kind, name, acc.shape[-1:])
    total = acc.astype(np.int64) + bias  # 33 bits
    assert np.all(total >> 32 == total >> 63), "acc + bias needs more than 33 bits"
    upper, lower = _product(total, mult)
    rounded = _round_shift(upper, lower, (shift & 63).astype(np.int64))
    return np.clip(rounded, -128, 127).astype(np.int8)


def matmul(
    a: Int8,
    b: Int8,
    bias: Int32 | None = None,
    mult: Int32 | None = None,
    shift: UInt8 | None = None,
    *,
    b_is_nk: bool = False,
    raw: bool = False,
) -> Int8 | Int32:
    """D = requant(A B + bias), or with `raw` the int32 accumulators A B themselves.

    a: int8 [M, K]; b: int8 [K, N], with `b_is_nk` [N, K] (PyTorch's layout of weights)
    bias, mult: int32 [N]; shift: uint8 [N]; all three needed unless `raw`, when they are ignored
    Returns int8 [M, N] or int32 [M, N].
    Raises TypeError for another element type, ValueError for shapes that do not fit one another
    or a K whose sum could leave 32 bits.
    """
    _expect(a, np.int8, "a")
    _expect(b, np.int8, "b")
    kn = b.T if b_is_nk else b
    if a.ndim != 2 or kn.ndim != 2 or a.shape[1] != kn.shape[0]:
        raise ValueError(f"a {a.shape} and b {b.shape} (b_is_nk={b_is_nk}) share no K")
    if a.shape[1] > MAX_K:
        raise ValueError(f"K = {a.shape[1]}; int32 accumulators are safe up to {MAX_K}")
    # Doubles add these integers exactly: every partial sum stays below 2**31, far below 2**53.
    acc = (a.astype(np.float64) @ kn.astype(np.float64)).astype(np.int32)
    if raw:
        return acc
    if bias is None or mult is None or shift is None:
        raise ValueError("bias, mult and shift are needed unless raw")
    return requant(acc, bias, mult, shift)


def pack_int4(values: Int8) -> UInt8:
    """Two's complement nibbles of int4 numbers, the element of even index in the low half.

    values: int8 [..., N], N even, each within -8..7; returns uint8 [..., N / 2].
    Raises ValueError for an odd N or a value outside int4.
    """
    _expect(values, np.int8, "values")
    if values.ndim == 0 or values.shape[-1] % 2:
        raise ValueError(f"values has shape {values.shape}; expected an even last axis")
    if np.any((values < -8) | (values > 7)):
        raise ValueError(f"values span {values.min()} to {values.max()}; int4 holds -8 to 7")
    nibbles = values.view(np.uint8) & np.uint8(0xF)
    return nibbles[..., 0::2] | nibbles[..., 1::2] << np.uint8(4)


def unpack_int4(packed: UInt8) -> Int8:
    """The inverse of `pack_int4`: uint8 [..., M] to int8 [..., 2 * M], each within -8..7."""
    _expect(packed, np.uint8, "packed")
    nibbles = np.stack((packed & np.uint8(0xF), packed >> np.uint8(4)), axis=-1)
    signed: Int8 = ((nibbles ^ 8) - np.uint8(8)).view(np.int8)  # bit 3 is the sign
    return signed.reshape(*packed.shape[:-1], 2 * packed.shape[-1])


def _product(total: Int64, mult: Int32) -> tuple[Int64, Int64]:
    """total * mult as (upper, lower), the number upper * 2**16 + lower with 0 <= lower < 2**16.

    total: 33 bits signed; mult: 32 bits signed. The product has 65 bits, one more than int64;
    here no value has more than 50.
    """
    mult_high, mult_low = mult.astype(np.int64) >> 16, mult.astype(np.int64) & 0xFFFF
    low = total * mult_low  # 33 + 16 bits
    upper = total * mult_high + (low >> 16)  # 33 + 16 bits, and a carry of 33
    assert np.all(upper >> 49 == upper >> 63), "the product needs more than 65 bits"
    return upper, low & 0xFFFF


def _round_shift(upper: Int64, lower: Int64, shift: Int64) -> Int64:
    """(upper * 2**16 + lower) / 2**shift, rounded half to even, if it lies within +-2**20.

    upper: 49 bits signed; 0 <= lower < 2**16; 0 <= shift < 64. Beyond 2**20, where int8 saturates
    anyway, only the sign is right.
    """
    few, many = np.minimum(shift, 16), np.maximum(shift - 16, 0)  # shift = few + many
    bounded = np.clip(upper >> many, -(2**20), 2**20)  # so that 16 bits more fit
    quotient = (bounded << (16 - few)) + (lower >> few)
    lost: Int64 = ((upper & _ones(many)) << 16) + (lower & _ones(few))  # below 2**63
    half = np.int64(1) << np.maximum(shift - 1, 0)  # shift = 0 loses nothing, so never half
    up = (lost > half) | ((lost == half) & (quotient & 1 == 1))
    rounded: Int64 = quotient + up
    return rounded


def _ones(count: Int64) -> Int64:
    mask: Int64 = (np.int64(1) << count) - 1
    return mask


def _expect(
    array: npt.NDArray[Any], kind: type, name: str, shape: tuple[int, ...] | None = None
) -> None:
    if array.dtype != kind:
        raise TypeError(f"{name} is {array.dtype}; expected {np.dtype(kind)}")
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}; expected {shape}")
