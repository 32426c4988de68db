"""One law for readers of tables: a changed byte changes no number that stands in another line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bitwright.errors import ReportError
from bitwright.reports.read.kind import Kind, values
from hypothesis import given
from hypothesis import strategies as st

ORIGIN = Path("flipped.rpt")
Headline = Callable[[dict[str, Any]], Mapping[str, tuple[float | None, str]]]


def check_flips(kind: Kind, text: str, headline: Headline) -> None:
    """Change any one byte: the report is refused, or every number of `headline` (name -> number,
    and what its line holds) is as before, None, or stands in the line that was changed."""
    whole = headline(values(kind.parse(text, origin=ORIGIN)))

    @given(st.integers(0, len(text) - 1), st.sampled_from("0123456789|+- .\nXx<"))
    def any_byte(at: int, byte: str) -> None:
        try:
            found = headline(values(kind.parse(text[:at] + byte + text[at + 1 :], origin=ORIGIN)))
        except ReportError:
            return
        end = text.find("\n", at)
        line = text[text.rfind("\n", 0, at) + 1 : end if end > 0 else None]
        for name, (number, label) in whole.items():
            same = found.get(name, (None, ""))[0] in (number, None)
            assert same or label in line, f"{name}: {found[name]} after {byte!r} in {line!r}"

    any_byte()
