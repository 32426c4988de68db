"""How far a number goes by chance: place and route starts from a seed, and another seed gives
another clock.

A baseline may hold what several seeds gave. A new build of the same design is one more draw, so its
number lies in the two-sided Student-t prediction interval of one draw after n,

    mean +- t(1 - a/2, n - 1) * sd * sqrt(1 + 1/n),      a = ALPHA / m,

but for a fraction a of the time. With ALPHA shared out over the m judged numbers that vary
(Bonferroni), a comparison with nothing changed reports any gain or regression at most once in
1/ALPHA times. The band holds every seed seen, so that an outlier among them is not told as a change
when it comes again. A number that no seed changed is exact: any change of it is real.

Where the build before is itself one draw (another seed, another revision) rather than a baseline,
the difference of the two is judged, whose standard deviation is sqrt(2) that of one:

    before +- t(1 - a/2, n - 1) * sd * sqrt(2)

with the sd of the baseline's seeds: a t test of one difference against a spread known from n draws.
It holds the difference of any two seeds seen.

The interval takes the draws to be normal. Slacks are minima and not quite that; how often it cries
wolf for draws like the real ones, and for worse, is measured in tests/reports/compare.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev

ALPHA = 0.02  # false alarms, gains and regressions together, a comparison; regressions are half
FEWEST = 3  # seeds that say anything about spread


@dataclass(frozen=True, slots=True)
class Spread:
    """What seeds gave for one measure."""

    values: tuple[float, ...]  # in the order of the seeds

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> float:
        return fmean(self.values)

    @property
    def sd(self) -> float:
        return 0.0 if self.exact else stdev(self.values)

    @property
    def exact(self) -> bool:
        """No seed changed it."""
        return min(self.values) == max(self.values)


@dataclass(frozen=True, slots=True)
class Band:
    """Where a number lies while nothing has changed."""

    n: int  # seeds
    mean: float
    sd: float
    low: float
    high: float
    between: bool = False  # about one build that was, not about the mean of the seeds

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def bands(
    spreads: Mapping[str, Spread], family: Iterable[str] | None = None, *, alpha: float = ALPHA
) -> dict[str, Band]:
    """The band of every measure.

    family: those that are judged together, at false-alarm rate alpha; None: all
    """
    share = _share(spreads, family, alpha)
    return {name: _band(spread, share) for name, spread in spreads.items()}


def between(
    spreads: Mapping[str, Spread], before: Mapping[str, float], family: Iterable[str]
) -> dict[str, Band]:
    """Where another draw lies beside one that was measured, by the spread of others still.

    before: the numbers of the one; family as for `bands`
    """
    share = _share(spreads, family, ALPHA)
    both = [name for name in spreads if name in before]
    return {name: _between(spreads[name], before[name], share) for name in both}


def _share(spreads: Mapping[str, Spread], family: Iterable[str] | None, alpha: float) -> float:
    """The false-alarm rate of one measure."""
    judged = spreads if family is None else [name for name in family if name in spreads]
    return alpha / max(1, sum(not spreads[name].exact for name in judged))


def _between(spread: Spread, before: float, alpha: float) -> Band:
    seen = max(spread.values) - min(spread.values)
    reach = 0.0
    if not spread.exact:
        reach = _quantile(1 - alpha / 2, spread.n - 1) * spread.sd * math.sqrt(2)
    half = max(reach, seen)
    return Band(spread.n, before, spread.sd, before - half, before + half, between=True)


def _band(spread: Spread, alpha: float) -> Band:
    if spread.exact:
        value = spread.values[0]
        return Band(spread.n, value, 0.0, value, value)
    half = _quantile(1 - alpha / 2, spread.n - 1) * spread.sd * math.sqrt(1 + 1 / spread.n)
    low = min(spread.mean - half, *spread.values)
    high = max(spread.mean + half, *spread.values)
    return Band(spread.n, spread.mean, spread.sd, low, high)


@cache
def _quantile(probability: float, freedom: int) -> float:
    """Of Student's t."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    return float(stdtrit(freedom, probability))


def spreads(members: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """The spread of every measure that all members have; members: the numbers of each seed.

    ValueError with fewer members than say anything.
    """
    if len(members) < FEWEST:
        raise ValueError(f"{len(members)} seeds say nothing about noise; at least {FEWEST}")
    names = [name for name in members[0] if all(name in member for member in members)]
    return {name: Spread(tuple(member[name] for member in members)) for name in names}
