"""The subcommands of `python -m bitwright.blockdesign`: a module each, found by its name.

A module has a docstring, whose first line is what help says of it, and two functions:

    add(parser: argparse.ArgumentParser) -> None    declares its arguments
    run(args: argparse.Namespace) -> int            does it; the result is the exit status
"""

from __future__ import annotations

import pkgutil


def names() -> list[str]:
    """Those there are, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))
