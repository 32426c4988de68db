"""Texts that tools and people read, out of Jinja templates: scripts, constraints, a README.

What is decided, Python decides; a value that a template lacks is an error, and every word of Tcl
passes the filter `tcl`. Nothing is escaped for HTML: pages have environments of their own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.tclquote import tcl

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: Path, **values: Any) -> str:
    """The text of a template. Raises UndefinedError for a value it lacks."""
    return environment(template.parent).get_template(template.name).render(values)


@cache
def environment(folder: Path) -> Environment:
    """For the templates of one folder; lines of statements alone leave nothing behind."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # most commands render none

    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["tcl"] = tcl
    return made
