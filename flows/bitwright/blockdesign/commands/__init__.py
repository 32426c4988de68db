"""The subcommands of `python -m bitwright.blockdesign`: a module each, found by its name.

A module has a docstring, whose first line is what help says of it, and two functions:

    add(parser: argparse.ArgumentParser) -> None    declares its arguments
    run(args: argparse.Namespace) -> int            does it; the result is the exit status
"""

from __future__ import annotations

import pkgutil
import sys
from pathlib import Path

from bitwright.errors import ConfigError


def names() -> list[str]:
    """Those there are, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def write(text: str, path: Path) -> None:
    """Write a file that the command line names. Raises ConfigError if it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None


def put(text: str, path: Path | None) -> None:
    """A result into its file, whose name is printed; to standard output where there is none."""
    if path is None:
        sys.stdout.write(text)
    else:
        write(text, path)
        print(path)


def refuse_other_than_svg(path: Path | None) -> None:
    """Raise ConfigError for a name that says that the picture is anything but SVG."""
    if path is not None and path.suffix.lower() not in (".svg", ""):
        raise ConfigError(
            f"{path}: a picture of a block design is SVG\n"
            f"  next      {path.with_suffix('.svg')}, which browsers show;"
            " other programs make other formats of it"
        )
