"""Rows whose depth is drawn (by blanks, by `+`) -> a tree; without recursion, and not endless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

DEEPEST = 64  # rows in one another; no design nests its functions and loops as far
T = TypeVar("T")


def parents(depths: Sequence[int]) -> list[int | None]:
    """For every row the row it stands in: the last one before it that is less deep.

    ValueError with the row's number where it is deeper by more than one, or beyond all measure.
    """
    found: list[int | None] = []
    open_rows: list[int] = []
    for row, depth in enumerate(depths):
        while open_rows and depths[open_rows[-1]] >= depth:
            open_rows.pop()
        parent = open_rows[-1] if open_rows else None
        if depth > (depths[parent] + 1 if parent is not None else 0) or depth > DEEPEST:
            raise ValueError(f"row {row + 1} of {len(depths)} is {depth} deep and stands in no row")
        found.append(parent)
        open_rows.append(row)
    return found


def names(labels: Sequence[str], above: Sequence[int | None]) -> list[str]:
    """The dotted name of every row: 'mhsa.rows.cols'."""
    found: list[str] = []
    for label, parent in zip(labels, above, strict=True):
        found.append(label if parent is None else f"{found[parent]}.{label}")
    return found


def build(above: Sequence[int | None], make: Callable[[int, tuple[T, ...]], T]) -> tuple[T, ...]:
    """The trees: `make` is given a row's number and what was made of the rows within it."""
    within: list[list[T]] = [[] for _ in above]
    roots: list[T] = []
    for row in reversed(range(len(above))):
        parent = above[row]
        made = make(row, tuple(reversed(within[row])))
        (roots if parent is None else within[parent]).append(made)
    return tuple(reversed(roots))
