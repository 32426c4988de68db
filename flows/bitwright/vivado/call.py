"""A command line of a vendor's tool as this machine runs it: found, wrapped, in its environment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.vivado import locate
from bitwright.vivado.machine import Machine, licensed, load


@dataclass(frozen=True, slots=True)
class Call:
    """What is executed. stop ends what a wrapper left elsewhere; empty where none is said."""

    argv: tuple[str, ...]
    env: dict[str, str]  # the whole environment
    stop: tuple[str, ...] = ()


def on_this_machine(
    program: str,
    arguments: Sequence[str],
    cwd: Path,
    *,
    name: str = "",
    machine: Machine | None = None,
) -> Call | None:
    """How a program runs here with these arguments; None if it is not to be found.

    cwd: the folder that it will run in; name: of this one run, for a wrapper
    Raises ConfigError for a machine file that cannot be understood.
    """
    here = load() if machine is None else machine
    found = locate.find(program, here)
    if found is None:
        return None
    name = name or f"bitwright-{os.getpid()}"
    return Call(
        argv=tuple(here.wrap([found.path, *arguments], cwd, name)),
        env={**os.environ, **dict(found.env), **licensed(here)},
        stop=tuple(here.stopping(cwd, name)),
    )
