"""`doit csim`: which number formats are simulated, and what a run ends with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from bitwright.design import WEIGHT_BITS
from bitwright.errors import ConfigError
from bitwright.front.session import Session
from bitwright.front.show import say
from bitwright.reports.table import Row, Section, show_tables
from bitwright.schema import OneOf
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.engine import Step

FORMAT = OneOf(tuple(WEIGHT_BITS))


def format_of(values: Mapping[str, str]) -> str:
    """The number format that format= asks for, "" for all. Raises ConfigError for another word."""
    given = values.get("format")
    if given is not None and FORMAT.text(given) is None:
        found = shown(given)
        raise ConfigError(f"command line: format: expected {FORMAT}, found {found}")
    return given or ""


def finish(session: Session) -> None:
    """How much was simulated, and how near it was: a table, and a line."""
    from bitwright.steps import csim

    every = list(session.steps.values())
    if table := list(rows(every)):
        heads = ("cases", "sanitized", "the whole pass beside golden")
        show_tables([Section("kernel and format", heads, tuple(table))], ())
        say(csim.summary(every))
    if "format" not in session.line.values:
        for line in left_out(session):
            say(line)


def left_out(session: Session) -> Iterator[str]:
    """A line for each number format that kernels have but the model's sizes do not fit."""
    from bitwright.steps import csim

    assert session.design is not None
    found: dict[str, list[str]] = {}
    for spec in session.design.hls:
        for form in csim.unfit(spec, session.design.model):
            found.setdefault(form, []).append(spec.name)
    for form, kernels in found.items():
        needs = f"embed_dim and ff_dim that are multiples of {csim.per_beat(form)}"
        yield f"not simulated: {' and '.join(kernels)} in {form}, which needs {needs}"


def rows(steps: Iterable[Step]) -> Iterator[Row]:
    """A row for each step that passed."""
    from bitwright.steps import csim

    for found in filter(None, map(csim.passed, steps)):
        near = f"off by at most {found.error:.2g}, {found.bound:.2g} allowed"
        result = "equal, bit for bit" if found.format != "fp16" else near
        cells = (str(found.cases), str(found.sanitized), result)
        yield Row(f"{found.kernel} {found.format}", cells)
