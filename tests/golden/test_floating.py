"""The floating-point operators against their definitions, one number at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bitwright.golden import floating
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

REAL = st.floats(-50, 50)
ROW = hnp.arrays(np.float64, st.integers(1, 9), elements=REAL)


@given(ROW, st.data())
def test_softmax_is_each_exp_over_the_sum_of_those_that_take_part(scores, data):
    mask = data.draw(hnp.arrays(np.bool_, scores.shape).filter(np.any))
    exps = [math.exp(s) if m else 0.0 for s, m in zip(scores, mask, strict=True)]
    assert floating.softmax(scores, mask) == pytest.approx([e / sum(exps) for e in exps])


def test_softmax_does_not_overflow():
    assert floating.softmax(np.array([1e4, 1e4, -1e4])).tolist() == [0.5, 0.5, 0.0]


def test_softmax_refuses_a_row_in_which_none_takes_part():
    with pytest.raises(ValueError, match="holds no True"):
        floating.softmax(np.zeros((2, 2)), np.array([[True, False], [False, False]]))


@given(REAL)
def test_gelu_is_x_times_the_normal_distribution(x):
    want = x * 0.5 * math.erfc(-x / math.sqrt(2))
    assert float(floating.gelu(np.array(x))) == pytest.approx(want, abs=1e-12)


def test_gelu_with_tanh_is_within_0_0005_of_gelu_with_erf():
    x = np.linspace(-12, 12, 100_001)
    apart = np.abs(floating.gelu_tanh(x) - floating.gelu(x)).max()
    assert 0.0004 < apart < 0.0005


@given(ROW, REAL, REAL)
def test_layer_norm_gives_rows_of_mean_bias_and_variance_weight_squared(row, weight, bias):
    ones = np.ones_like(row)
    got = floating.layer_norm(row, weight * ones, bias * ones)
    variance = weight**2 * row.var() / (row.var() + 1e-5)
    assert got.mean() == pytest.approx(bias, abs=1e-6)
    assert got.var() == pytest.approx(variance, rel=1e-6, abs=1e-6)


def test_requant_saturates_and_does_not_round():
    assert floating.requant([3, 300, -300], [0, 1, 1], 0.5).tolist() == [1.5, 127.0, -128.0]


def test_mat_add_is_the_sum():
    assert floating.mat_add(np.array([1.5]), np.array([-4.0])).tolist() == [-2.5]
