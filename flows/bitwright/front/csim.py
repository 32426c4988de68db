"""`doit csim`: which number formats are simulated, and the line that a run ends with."""

from __future__ import annotations

from collections.abc import Mapping

from bitwright.design import WEIGHT_BITS
from bitwright.errors import ConfigError
from bitwright.front.session import Session
from bitwright.front.show import say
from bitwright.schema import OneOf
from bitwright.yamlfile import shown

FORMAT = OneOf(tuple(WEIGHT_BITS))


def format_of(values: Mapping[str, str]) -> str:
    """The number format that format= asks for, "" for all. Raises ConfigError for another word."""
    given = values.get("format")
    if given is not None and FORMAT.text(given) is None:
        found = shown(given)
        raise ConfigError(f"command line: format: expected {FORMAT}, found {found}")
    return given or ""


def finish(session: Session) -> None:
    """One line: how much was simulated, and how near it was."""
    from bitwright.steps import csim

    if verdict := csim.summary(session.steps.values()):
        say(verdict)
