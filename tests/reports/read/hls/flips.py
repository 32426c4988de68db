"""A law for every reader: what was damaged is read or refused, never anything else."""

from __future__ import annotations

import json
from pathlib import Path

from bitwright.errors import ReportError
from bitwright.reports.read.kind import Kind, values
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.truncation import check_cut, values_of


def check_flips(kind: Kind, text: str) -> None:
    """Change any character of `text` to any other, or take it out."""

    @given(
        st.integers(0, len(text) - 1),
        st.one_of(st.just(""), st.sampled_from("0-+|:<>&\n ~?.x"), st.characters(codec="utf-8")),
    )
    def changed(at: int, character: str) -> None:
        _read_or_refused(kind, text[:at] + character + text[at + 1 :])

    changed()
    _check_lines(kind, text.splitlines(keepends=True))


def check_every_cut(kind: Kind, text: str) -> None:
    """The law of truncation at every byte, not at some: for short specimens."""
    data = text.encode()
    whole = values_of(kind, data)
    for at in range(len(data)):
        check_cut(kind, data, at, whole)


def _check_lines(kind: Kind, lines: list[str]) -> None:
    """Take lines out, double them, or let them change places."""
    places = st.integers(0, len(lines) - 1)

    @given(st.lists(st.tuples(places, places, st.sampled_from("dts")), max_size=5))
    def moved(changes: list[tuple[int, int, str]]) -> None:
        left = [[line] for line in lines]
        for one, other, how in changes:
            if how == "s":
                left[one], left[other] = left[other], left[one]
            else:
                left[one] = [] if how == "d" else left[one] * 2
        _read_or_refused(kind, "".join(line for each in left for line in each))

    moved()


def _read_or_refused(kind: Kind, text: str) -> None:
    try:
        found = values(kind.parse(text, origin=Path("flipped.rpt")))
    except ReportError as error:
        assert "flipped.rpt" in str(error)
    else:
        assert json.dumps(found, allow_nan=False)
