"""Integer softmax against Python's own integers, which have no width, and against real softmax."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from bitwright.golden import floating
from bitwright.golden.softmax import (
    EXP_C,
    FULL_SCALE,
    MAX_SCALE,
    MIN_SCALE,
    Softmax,
    causal_mask,
    softmax,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# A head of I-BERT's BERT; its result has 6 fraction bits.
BERT = Softmax(b=1874, c=1338211, ln2=-480, ln2_inv=-2236963, mult=26291085, out_bits=6)
INT32 = (-(2**31), 2**31 - 1)
SCALE = (
    st.floats(math.log(MIN_SCALE), math.log(MAX_SCALE))
    .map(math.exp)
    .filter(lambda scale: MIN_SCALE <= scale <= MAX_SCALE)
)
CONSTANTS = SCALE.map(Softmax.of) | st.just(BERT)
NEAR = st.integers(-3000, 3000)
SCORE = NEAR | st.sampled_from([*INT32, -(2**31) + 1, 2**31 - 2, 0]) | st.integers(*INT32)


def exact(scores: list[int], k: Softmax, mask: list[bool]) -> list[int]:
    """The definition, with integers of any size and one loop an element."""
    top = max(s for s, m in zip(scores, mask, strict=True) if m)
    exps = []
    for score, taking_part in zip(scores, mask, strict=True):
        if not taking_part:
            exps.append(0)
            continue
        d = max(score - top, k.max_bits * k.ln2)
        z = d * k.ln2_inv // 2**k.fp_bits
        r = d - z * k.ln2
        p = (r * (r + k.b) + k.c) * 2 ** (k.max_bits - z)
        exps.append(p * k.mult // 2 ** (k.fp_bits + k.max_bits))
    f = 2**k.max_bits // sum(exps)
    highest = 2**k.out_bits - 1
    return [min(e * f // 2 ** (k.max_bits - k.out_bits), highest) for e in exps]


@st.composite
def masked(draw):
    n = draw(st.integers(1, 12))
    mask = draw(hnp.arrays(np.bool_, n)) | (np.arange(n) == draw(st.integers(0, n - 1)))
    base = draw(SCORE)
    near = st.integers(max(base - 9000, INT32[0]), min(base + 9000, INT32[1]))
    scores = draw(hnp.arrays(np.int32, n, elements=near | SCORE))
    return scores, mask


@settings(max_examples=600)
@given(masked(), CONSTANTS)
@example((np.array(INT32, np.int32), np.array([True, True])), BERT)
@example((np.array(INT32[::-1], np.int32), np.array([False, True])), BERT)
@example((np.full(1, INT32[0], np.int32), np.array([True])), BERT)
@example((np.full(12, INT32[0], np.int32), np.arange(12) == 5), BERT)
def test_softmax_is_its_definition_in_integers_of_any_size(row, constants):
    scores, mask = row
    got = softmax(scores, constants, mask)
    assert got.dtype == np.int8
    assert got.tolist() == exact(scores.tolist(), constants, mask.tolist())


def test_scale_of_the_bert_head_gives_its_constants():
    of = Softmax.of(math.sqrt(EXP_C / (BERT.c + 0.5)))
    assert (of.b, of.c, of.ln2, of.ln2_inv) == (1874, 1338211, -480, -2236963)
    assert of.mult == pytest.approx(BERT.mult, rel=1e-5)  # theirs was calibrated


def bounds(scale: float, keys: int) -> tuple[float, float]:
    """What the module states of result - 128 * real softmax."""
    k = Softmax.of(scale)
    largest_exp = k.c * k.mult >> 30
    steps = 16 * scale * math.log2(keys + 1)
    return -1.12 - steps, 0.1 + steps + 128 * keys / (keys + largest_exp)


def error(scores: np.ndarray, scale: float, mask: np.ndarray | None = None) -> np.ndarray:
    real = floating.softmax(scores * scale, mask)
    return softmax(scores, Softmax.of(scale), mask) - 128 * real


@settings(max_examples=400)
@given(SCALE, st.data())
def test_softmax_of_any_row_keeps_the_stated_bound(scale, data):
    n = data.draw(st.integers(1, 40))
    reach = data.draw(st.integers(1, 30 * round(0.7 / scale)))
    scores = data.draw(hnp.arrays(np.int32, n, elements=st.integers(-reach, reach)))
    mask = data.draw(hnp.arrays(np.bool_, n)) | (np.arange(n) == 0)
    low, high = bounds(scale, int(mask.sum()))
    found = error(scores, scale, mask)
    assert low <= found.min() and found.max() <= high


@settings(max_examples=150)
@given(SCALE, st.integers(2, 1024), st.data())
def test_softmax_of_a_row_with_two_levels_keeps_the_stated_bound(scale, keys, data):
    """The worst rows are of this kind: the error of the lower level counts once a key."""
    tops = data.draw(st.just(1) | st.integers(1, keys - 1))
    levels = np.unique(np.linspace(-14 * math.log(2) / scale, 0, 40).round()).astype(np.int32)
    scores = np.where(np.arange(keys) < tops, 0, levels[:, np.newaxis]).astype(np.int32)
    low, high = bounds(scale, keys)
    found = error(scores, scale)
    assert low <= found.min() and found.max() <= high


@pytest.mark.parametrize(
    ("scale", "keys", "level", "reached"),
    [
        (5e-4, 2, -1082, -1.09),
        (5.135e-5, 3, -10998, 0.1),
        (5e-4, 128, -18597, 0.47),
        (5e-4, 1024, -19426, 3.4),
        (0.08155, 2, -17, -2.5),
        (0.125, 2, -13, -2.9),
    ],
)
def test_the_stated_bound_of_softmax_is_nearly_reached(scale, keys, level, reached):
    scores = np.where(np.arange(keys) < 1, 0, level).astype(np.int32)
    low, high = bounds(scale, keys)
    found = error(scores, scale)
    assert low <= found.min() and found.max() <= high
    assert found.min() <= reached if reached < 0 else found.max() >= reached


def test_exp_has_15_bits_up_to_the_full_scale_and_8_at_the_coarsest():
    finest, full, coarsest = (Softmax.of(s) for s in (MIN_SCALE, FULL_SCALE, MAX_SCALE))
    assert [k.c * k.mult >> 30 for k in (finest, full, coarsest)] == [32756, 32766, 355]


@pytest.mark.parametrize("position", [0, 3])
def test_causal_row_equals_the_row_cut_off_after_its_own_key(position):
    scores = np.random.default_rng(1).integers(-2000, 2000, (5, position + 5), np.int32)
    got = softmax(scores, BERT, causal_mask(5, position, position + 5))
    for i, row in enumerate(scores):
        seen = position + i + 1
        assert np.array_equal(got[i, :seen], softmax(row[:seen], BERT))
        assert not got[i, seen:].any()


def test_row_of_equal_scores_is_shared_evenly():
    for keys in (1, 2, 3, 127, 128, 129, 32769):
        got = softmax(np.full(keys, INT32[0], np.int32), Softmax.of(0.001))
        assert len(set(got)) == 1 and 0 <= 128 // keys - int(got[0]) <= 1


def test_row_with_all_but_one_masked_gives_that_one_everything():
    mask = np.eye(4, dtype=np.bool_)
    scores = np.array(4 * [[INT32[1], 0, INT32[0], 5]], np.int32)
    assert np.array_equal(softmax(scores, Softmax.of(0.001), mask), mask * np.int8(127))


def test_softmax_refuses_a_row_in_which_none_takes_part():
    with pytest.raises(ValueError, match="holds no True"):
        softmax(np.zeros((2, 2), np.int32), BERT, np.array([[True, False], [False, False]]))


def test_softmax_refuses_more_keys_than_the_reciprocal_reaches():
    with pytest.raises(ValueError, match="32770 keys; expected 32769 or less"):
        softmax(np.zeros(32770, np.int32), BERT)


def test_softmax_refuses_another_element_type():
    with pytest.raises(TypeError, match="scores is int64"):
        softmax(np.zeros(2, np.int64), BERT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ln2": 480}, "ln2 = 480, expected -2147483647 to -1"),
        ({"ln2_inv": -2236962}, "ln2_inv = -2236962, expected -2236963"),
        ({"b": 900}, "b = 900, expected 960"),
        ({"c": 2**31}, "largest_exp = 2147483648"),
        ({"c": 600_000}, "smallest_exp = -69120"),
        ({"mult": 26_292_097}, "exp = 32768, expected 0 to 32767"),
        ({"mult": 800}, "exp_of_0 = 0, expected 1"),
        ({"mult": 2**31}, "mult = 2147483648"),
        ({"fp_bits": 31}, "fp_bits = 31"),
        ({"max_bits": 31}, "max_bits = 31"),
        ({"out_bits": 8}, "out_bits = 8"),
        ({"ln2": -(2**26), "b": 2**28, "ln2_inv": -16}, "steps = 2013265920"),
    ],
)
def test_constants_that_could_overflow_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(BERT, **change)


@pytest.mark.parametrize("scale", [0.99 * MIN_SCALE, 1.01 * MAX_SCALE, 0.0, math.nan, math.inf])
def test_scale_without_constants_is_refused(scale):
    with pytest.raises(ValueError, match=r"softmax: scale .*; expected 3.7e-05 to 0.125"):
        Softmax.of(scale)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3))
def test_causal_mask_lets_a_token_see_itself_and_what_lies_before(tokens, position, more):
    mask = causal_mask(tokens, position, position + tokens + more)
    for i, row in enumerate(mask.tolist()):
        assert row == [j <= position + i for j in range(position + tokens + more)]


def test_causal_mask_refuses_fewer_keys_than_tokens():
    with pytest.raises(ValueError, match="tokens 2, position 3, keys 4"):
        causal_mask(2, 3, 4)
