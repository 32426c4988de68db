"""what is wrong with block designs, without any tool: check bd/zynq.yml design.tcl design.hwh

Exit status 0: no errors. 1: errors. 2: the command line is wrong, or a file is no block design.
Where Vivado itself only warns, a finding is an error in YAML, and a warning in a script or a .hwh
that Vivado wrote.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bitwright.blockdesign.anyfile import read
from bitwright.blockdesign.check import RULES, check, show
from bitwright.blockdesign.check.finding import DOUBT
from bitwright.errors import ConfigError

OURS = (".yml", ".yaml")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="YAML, Tcl or .hwh")
    parser.add_argument("--rules", action="store_true", help="list what is checked")


def run(args: argparse.Namespace) -> int:
    if args.rules:
        print("\n".join(rule_lines()))
        return 0
    if not args.files:
        raise ConfigError("check: expected a file, found none (--rules lists what is checked)")
    return max([_check(path) for path in args.files])


def rule_lines() -> list[str]:
    """The table of rules: name, how bad, one sentence."""
    width = max(len(rule.name) for rule in RULES)
    words = {DOUBT: "error*"}
    lines = [
        f"{rule.name:<{width}}  {words.get(rule.severity, rule.severity):<7}  {rule.sentence}"
        for rule in RULES
    ]
    return [*lines, "", "* a warning in what was imported: Vivado itself goes on there"]


def _check(path: Path) -> int:
    from bitwright.blockdesign import catalogue
    from bitwright.blockdesign.looks import looks

    design, known = read(path), catalogue.load()
    seen = looks(design, known)
    found = check(design, seen, strict=path.suffix in OURS, types=known.types)
    print("\n".join(show.lines(f"{path}: {design.name}", design, seen, found)))
    return int(show.has_errors(found))
