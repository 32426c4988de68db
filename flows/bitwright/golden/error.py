"""How rounding errors grow through a network: as a worst case, and as they are likely to.

An analysis follows a float model's values stage by stage and carries, beside each, an array of its
shape with how far an implementation may be off. It is written once and read in two ways:

- WORST: errors add up in magnitude. No implementation within the assumptions of the analysis can be
  further off, whatever the numbers; for n terms this is about sqrt(n) times what is met.
- LIKELY: errors are independent and as often up as down, so their squares add up. What comes out is
  a bound of the standard deviation, every elementary error counted with its largest magnitude (a
  uniform one has 1/sqrt(3) of that). By Hoeffding's inequality an element is off by more than
  DEVIATIONS of it with a probability below 2 exp(-DEVIATIONS**2 / 2) = 5e-11. It holds for the
  operands of a network, not for patterns made to defeat it, such as weights that are all the same;
  and to first order, so while softmax's scores are off by less than about one.

Sources: N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition (2002), chapter 3
(running error analysis); N. Higham and T. Mary, A new approach to probabilistic rounding error
analysis, SIAM J. Sci. Comput. 41 (2019), A2815 (the square roots, with their assumptions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bitwright.golden.floating import Float
from bitwright.golden.softmax import Bool

DEVIATIONS = 7.0  # of LIKELY that no element of a few millions may exceed
GELU_SLOPE = 1.13  # largest slope of GELU, either form: 1.129


class Errors(Protocol):
    """One of the two ways in which errors add up."""

    def total(self, *errors: npt.ArrayLike) -> Float:
        """Of a sum whose terms are off by `errors`, which broadcast."""

    def through(self, errors: Float, factors: Float) -> Float:
        """Of a product errors [..., m, k] by factors [..., k, n]."""

    def rounded_down(self, errors: Float, factors: Float) -> Float:
        """Of such a product where what is off is off by 0 to -errors: the mean, half of that, does
        not cancel."""

    def attention(self, a: Attention) -> tuple[Float, Float]:
        """Of a context [..., tokens, head_dim] whose scores are off; and the probabilities
        [..., tokens, keys] as large as they may then be."""

    def additions(self, count: int, unit: float) -> float:
        """Of `count` additions in any order, each rounded by at most `unit`, relative to the sum of
        the terms' magnitudes."""


@dataclass(frozen=True, slots=True)
class Attention:
    """What softmax(scores) values is made of, and what is off; [..., tokens or keys, ...]."""

    seen: Bool  # [tokens, keys]: whether a token sees a key
    scores: Float  # [..., tokens, keys]
    probabilities: Float  # [..., tokens, keys]
    keys: Float  # [..., keys, head_dim]
    values: Float  # [..., keys, head_dim]
    query_error: Float  # [..., tokens, head_dim], over sqrt(head_dim): one for all keys
    score_error: Float  # [..., tokens, keys], of each score by itself
    value_error: Float  # [..., keys, head_dim]


class _Worst:
    def total(self, *errors: npt.ArrayLike) -> Float:
        summed: Float = np.zeros(()) + sum(np.asarray(error) for error in errors)
        return summed

    def through(self, errors: Float, factors: Float) -> Float:
        product: Float = errors @ np.abs(factors)
        return product

    def rounded_down(self, errors: Float, factors: Float) -> Float:
        return self.through(errors, factors)

    def attention(self, a: Attention) -> tuple[Float, Float]:
        """An error e_j of score j makes p_j e^e_j of p_j, and what these sum to, by which all are
        divided, is off by e^(max e) at most."""
        scores = self.through(a.query_error, a.keys.swapaxes(-1, -2)) + a.score_error
        largest = scores.max(axis=-1, keepdims=True, where=a.seen, initial=0.0)
        moved = _moved(a, scores + largest)
        reach = np.abs(a.values) + a.value_error
        return moved @ reach, a.probabilities + moved

    def additions(self, count: int, unit: float) -> float:
        return count * unit / (1.0 - count * unit)


class _Likely:
    def total(self, *errors: npt.ArrayLike) -> Float:
        squares: Float = np.zeros(()) + sum(np.square(error) for error in errors)
        return np.sqrt(squares)

    def through(self, errors: Float, factors: Float) -> Float:
        squares: Float = np.square(errors) @ np.square(factors)
        return np.sqrt(squares)

    def rounded_down(self, errors: Float, factors: Float) -> Float:
        mean: Float = np.abs(errors / 2 @ factors)
        return mean + self.through(errors / 2, factors)

    def attention(self, a: Attention) -> tuple[Float, Float]:
        """To first order an error e_j of score j moves the context by p_j e_j (v_j - context); the
        query's moves all scores together, so its effects meet before they are squared."""
        p, v = a.probabilities, a.values
        context = p @ v
        own = np.square(p * a.score_error)
        alone = own @ np.square(v) - 2 * context * (own @ v)
        alone += own.sum(axis=-1, keepdims=True) * np.square(context)
        weighed = p[..., :, np.newaxis, :] * a.keys.swapaxes(-1, -2)[..., np.newaxis, :, :]
        moved = weighed @ v[..., np.newaxis, :, :]  # [..., tokens, head_dim of k, of v]
        moved -= (p @ a.keys)[..., np.newaxis] * context[..., np.newaxis, :]
        shared = np.square(a.query_error)[..., np.newaxis, :] @ np.square(moved)
        squares = np.maximum(alone, 0.0) + shared[..., 0, :]  # rounding may leave less than 0
        return np.sqrt(squares), p

    def additions(self, count: int, unit: float) -> float:
        return float(np.sqrt(count)) * unit


def _moved(a: Attention, exponent: Float) -> Float:
    """What e^exponent makes of each probability, less the probability, at most 1.

    One too small for float64 counts too, by its logarithm: an error of a thousand may raise it.
    """
    p, top = a.probabilities, a.scores.max(axis=-1, keepdims=True, where=a.seen, initial=-np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        moved = np.where(
            p > 0, p * np.expm1(exponent), np.exp(np.minimum(a.scores - top + exponent, 0))
        )
    return np.where(a.seen, moved, 0.0).clip(max=1.0)


WORST: Errors = _Worst()
LIKELY: Errors = _Likely()


def product(add: Errors, a: Float, a_error: Float, b: Float, b_error: Float) -> Float:
    """Of a b where both are off; a [..., m, k], b [..., k, n]."""
    return add.total(
        add.through(a_error, b),
        add.through(np.abs(a) + a_error, b_error) if np.any(b_error) else 0.0,
    )
