"""The task `site`: every build on pages that work without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ReportError
from bitwright.front.show import say

if TYPE_CHECKING:
    from bitwright.front.session import Session

SITE = Path("build/site")


def task(session: Session) -> None:
    """Make build/site/ and say where its first page is; ReportError if any input was damaged."""
    from bitwright.reports import site

    built = site.build(Path.cwd(), Path.cwd() / SITE)
    say(str(SITE / built.index.name))
    if built.problems:
        raise ReportError(
            "\n".join(built.problems)
            + f"\nthe site is made all the same: {len(built.problems)} could not be read"
        )
