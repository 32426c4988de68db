"""A law for every reader: one changed character is read or refused, never anything else."""

from __future__ import annotations

import json
from pathlib import Path

from bitwright.errors import ReportError
from bitwright.reports.read.kind import Kind, values
from hypothesis import given
from hypothesis import strategies as st


def check_flips(kind: Kind, text: str) -> None:
    """Change any character of `text` to any other, or take it out."""

    @given(
        st.integers(0, len(text) - 1),
        st.one_of(st.just(""), st.sampled_from("0-+|:<>&\n ~?.x"), st.characters(codec="utf-8")),
    )
    def changed(at: int, character: str) -> None:
        other = text[:at] + character + text[at + 1 :]
        try:
            found = values(kind.parse(other, origin=Path("flipped.rpt")))
        except ReportError as error:
            assert "flipped.rpt" in str(error)
        else:
            assert json.dumps(found, allow_nan=False)

    changed()
