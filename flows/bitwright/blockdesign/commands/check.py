"""what is wrong with block designs, without any tool: check gpt2-medium@u280 design.tcl x.hwh

Exit status 0: no errors. 1: errors. 2: the command line is wrong, or a file is no block design.
Where Vivado itself only warns, a finding is an error in YAML, and a warning in a script or a .hwh
that Vivado wrote. Commands of a script that are unknown or not modelled are told too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bitwright.blockdesign import anyfile, named, source
from bitwright.blockdesign.board import Board
from bitwright.blockdesign.check import RULES, boards, check, show
from bitwright.blockdesign.check.finding import DOUBT, SCRIPT, WARNING, Fault, Finding
from bitwright.design import read_target
from bitwright.errors import ConfigError


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("designs", nargs="*", metavar="DESIGN", help=named.HELP)
    parser.add_argument("--rules", action="store_true", help="list what is checked")
    parser.add_argument("--all", action="store_true", help="each finding, however many are alike")


def run(args: argparse.Namespace) -> int:
    if args.rules:
        print("\n".join(rule_lines()))
        return 0
    if not args.designs:
        raise ConfigError("check: expected a design, found none (--rules lists what is checked)")
    return max([_check(name, args.all) for name in args.designs])


def rule_lines() -> list[str]:
    """The table of rules: name, how bad, one sentence."""
    width = max(len(rule.name) for rule in RULES)
    words = {DOUBT: "error*"}
    lines = [
        f"{rule.name:<{width}}  {words.get(rule.severity, rule.severity):<7}  {rule.sentence}"
        for rule in RULES
    ]
    return [*lines, "", "* a warning in what was imported: Vivado itself goes on there"]


def _check(name: str, every: bool) -> int:
    """Check one design and print what is found; the exit status."""
    asked = named.read(name)
    if asked.kind == anyfile.YAML and not asked.kernels:
        _refuse_unfilled(Path(name))
    strict, types = asked.kind == anyfile.YAML, asked.catalogue.types
    hardware = _board(name) if asked.kernels else None
    found = check(asked.design, asked.looks, strict=strict, types=types, board=hardware)
    found = (*_of_script(asked), *_without_guesses(found, asked))
    print("\n".join(show.lines(name, asked.design, asked.looks, found, every=every)))
    return int(show.has_errors(found))


def _of_script(asked: named.Named) -> tuple[Finding, ...]:
    """What a script does that its design does not hold."""
    return tuple(Finding(SCRIPT, one.severity, Fault(one.place, one.text)) for one in asked.notes)


def _without_guesses(found: Iterable[Finding], asked: named.Named) -> tuple[Finding, ...]:
    """What is wrong with addresses that we chose is at most a warning: Vivado chooses others."""
    addresses = asked.design.addresses
    guessed = {one.place for one in addresses if (one.space, one.segment) in asked.guessed}
    return tuple(replace(one, severity=WARNING) if one.place in guessed else one for one in found)


def _board(name: str) -> Board | None:
    """The hardware of CONFIG@TARGET."""
    return boards.of_target(read_target(name.partition("@")[2], Path()))


def _refuse_unfilled(path: Path) -> None:
    """A file that a config fills in has nothing but findings without its kernels."""
    if source.load(path).rest:
        raise ConfigError(
            f"{path}:1: a config brings kernels and board into this design\n"
            "  next      check CONFIG@TARGET, such as gpt2-medium@u280,"
            " or: ./doit check config=gpt2-medium"
        )
