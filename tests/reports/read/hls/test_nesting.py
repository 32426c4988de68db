"""Depths -> trees."""

from __future__ import annotations

import pytest
from bitwright.reports.read.hls.nesting import DEEPEST, build, names, parents
from hypothesis import given
from hypothesis import strategies as st


def trees():
    return st.recursive(st.just([]), lambda below: st.lists(below, max_size=4), max_leaves=30)


def depths_of(forest, depth=0):
    for tree in forest:
        yield depth
        yield from depths_of(tree, depth + 1)


@given(trees())
def test_a_tree_survives_its_depths(forest):
    above = parents(list(depths_of(forest)))
    assert build(above, lambda _, within: list(within)) == tuple(forest)


def test_every_row_is_named_after_the_rows_around_it():
    assert names(["top", "loop", "in", "next"], parents([0, 1, 2, 1])) == [
        "top",
        "top.loop",
        "top.loop.in",
        "top.next",
    ]


@pytest.mark.parametrize("depths", [[1], [0, 2], [0, 1, 0, 2], list(range(DEEPEST + 2))])
def test_a_row_that_stands_in_no_row_is_refused(depths):
    with pytest.raises(ValueError, match="stands in no row"):
        parents(depths)
