"""what changed between two block designs: diff gpt2-medium@u280 build/.../alveo.hwh

Each may be YAML, a Tcl script, Vivado's .hwh, or CONFIG@TARGET for one of ours. Exit status: 0 they
say the same, 1 they differ, 2 they cannot be compared.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bitwright.blockdesign import anyfile, named
from bitwright.blockdesign.commands import refuse_other_than_svg, write
from bitwright.blockdesign.diff import ADDED, CHANGED, REMOVED, Difference, diff
from bitwright.blockdesign.difftext import ALL, folded, lines
from bitwright.errors import BitwrightError, ConfigError

SAME, DIFFERENT = 0, 1
COLOURS = {ADDED: "green", REMOVED: "red", CHANGED: "yellow", "": "bold"}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="A", help=named.HELP)
    parser.add_argument("after", metavar="B", help="the same")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="both in one picture")
    parser.add_argument("--all", action="store_true", help=ALL)


def run(args: argparse.Namespace) -> int:
    refuse_other_than_svg(args.picture)
    try:
        before, after = named.read(args.before), named.read(args.after)
    except ConfigError:
        raise
    except BitwrightError as error:  # its status is 1, which says that they differ
        raise ConfigError(str(error)) from error
    built = anyfile.HWH in (before.kind, after.kind)
    found = diff(before.design, after.design, built=built)
    if args.picture is not None:
        _draw(args.picture, found, before, after)
    show(found, before.name, after.name, everything=args.all)
    return DIFFERENT if found.changes else SAME


def show(found: Difference, before: str, after: str, *, everything: bool) -> None:
    """Print a difference: in colour on a terminal, plain elsewhere."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    head = f"{before} and {after} say the same" if not found.changes else f"{before} → {after}"
    for sign, line in (("", head), *lines(found, everything=everything)):
        for part in folded(line):
            console.print(Text(part, style=COLOURS[sign]), soft_wrap=True)


def _draw(path: Path, found: Difference, before: named.Named, after: named.Named) -> None:
    from bitwright.blockdesign.diffpicture import picture

    subtitle = f"from {before.name} to {after.name}"
    write(picture(found, before.looks, after.looks, subtitle=subtitle), path)
