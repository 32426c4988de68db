"""a block design out of a Tcl script, as JSON: import design.tcl

The script is run by an interpreter of our own, without Vivado and without the machine: it reads and
writes no file and executes nothing. An IP that is not in bd/catalogue is taken as it is used
and marked "inferred". What the script does that a block design does not hold is listed on stderr.
Exit status 0: done. 2: the script has a fault, which is said with file and line.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.blockdesign import anyfile, model
from bitwright.blockdesign.dump import dump
from bitwright.errors import ConfigError

if TYPE_CHECKING:
    from bitwright.blockdesign.interpreter import Imported

UNSET = re.compile(r'can\'t read "(?:::)?(\w+)": no such variable')  # as Tcl says it

WORDS = {anyfile.YAML: "a description in YAML", anyfile.HWH: "XML such as a .hwh"}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="Tcl, as write_bd_tcl writes it")
    parser.add_argument("--design", default="", help="of a script that makes several")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a variable that the script expects from the one that sources it",
    )
    parser.add_argument("--yaml", action="store_true", help="as a description like those in bd/")


def run(args: argparse.Namespace) -> int:
    from bitwright.blockdesign.interpreter import TclFault, isolated

    named = args.file.suffix.lower() == ".tcl"  # may be in any encoding
    kind = anyfile.TCL if named else anyfile.kind_of(args.file)
    if kind != anyfile.TCL:
        raise ConfigError(
            f"{args.file}:1: taken for {WORDS[kind]}, and import reads Tcl scripts\n"
            "  next      check, draw, map and diff read it as it is"
        )
    try:
        found = isolated.imported(args.file, design=args.design, variables=_variables(args.set))
    except TclFault as fault:
        wanted = UNSET.fullmatch(fault.problem)
        if wanted is None:
            raise
        way = f"; if another script sets it: --set {wanted[1]}=VALUE"
        raise TclFault(fault.place, fault.problem + way) from None
    for note in found.notes:
        print(f"{note.severity}: {note}", file=sys.stderr)
    others = [name for name in found.designs if name != found.design.name]
    if others:
        print(f"note: it makes {', '.join(others)} too (--design NAME)", file=sys.stderr)
    if args.yaml:
        print(dump(found.design), end="")
    else:
        print(json.dumps(_with_marks(found), indent=2))
    return 0


def _variables(texts: list[str]) -> dict[str, str]:
    """Of NAME=VALUE each. Raises ConfigError for anything else."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not re.fullmatch(r"\w+", name):
            raise ConfigError(f"import --set: expected NAME=VALUE, found {text!r}")
        found[name] = value
    return found


def _with_marks(found: Imported) -> dict[str, object]:
    """The design as JSON; cells of IPs that nobody knows are marked."""
    said = model.to_json(found.design)
    for cell in said["cells"]:
        if cell["name"] in found.unknown:
            cell["inferred"] = True
    return said
