"""Integer softmax against Python's own integers, which have no width, and against real softmax."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bitwright.golden.softmax import (
    EXP_C,
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
CONSTANTS = st.floats(MIN_SCALE, MAX_SCALE).map(Softmax.of) | st.just(BERT)
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


@pytest.mark.parametrize("position", [0, 3])
def test_causal_row_equals_the_row_cut_off_after_its_own_key(position):
    scores = np.random.default_rng(1).integers(-2000, 2000, (5, position + 5), np.int32)
    got = softmax(scores, BERT, causal_mask(5, position, position + 5))
    for i, row in enumerate(scores):
        seen = position + i + 1
        assert np.array_equal(got[i, :seen], softmax(row[:seen], BERT))
        assert not got[i, seen:].any()
