"""what AMD's tools are told of a block design: render gpt2-medium@u280 --tcl

--tcl: the script that makes it in the open project of Vivado. --xdc: its board's constraints.
--connectivity: the configuration file of v++ --link. They are those that a build executes; only
the first is there for a file, which has no board. Nothing is started.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from bitwright.blockdesign import named
from bitwright.blockdesign.commands import put
from bitwright.errors import ConfigError

TCL, XDC, CONNECTIVITY = "tcl", "xdc", "connectivity"
SUFFIXES = {TCL: ".tcl", XDC: ".xdc", CONNECTIVITY: ".cfg"}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", metavar="DESIGN", help=named.HELP)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--tcl", dest="kind", action="store_const", const=TCL, help="for Vivado")
    kinds.add_argument(
        "--xdc", dest="kind", action="store_const", const=XDC, help="pins and clocks"
    )
    kinds.add_argument(
        "--connectivity", dest="kind", action="store_const", const=CONNECTIVITY, help="for v++"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="a folder for files, of every kind that there is unless one is asked for;"
        " default: the first kind that there is, to standard output",
    )


def run(args: argparse.Namespace) -> int:
    asked = named.read(args.design)
    texts = _of_target(args.design) if asked.kernels else _of_file(asked)
    if args.kind and args.kind not in texts:
        raise ConfigError(_refusal(args.kind, asked, texts))
    if args.out is None:
        put(texts[args.kind or next(iter(texts))], None)
        return 0
    _make(args.out)
    for kind in [args.kind] if args.kind else texts:
        put(texts[kind], args.out / f"{asked.design.name}{SUFFIXES[kind]}")
    return 0


def _of_file(asked: named.Named) -> Mapping[str, str]:
    from bitwright.blockdesign import tcl

    return {TCL: tcl.render(asked.design, catalogue=asked.catalogue)}


def _of_target(name: str) -> Mapping[str, str]:
    """What a build of CONFIG@TARGET gives its tools."""
    from bitwright import design
    from bitwright.blockdesign import tcl, xdc
    from bitwright.vivado import connectivity, plan

    config, _, target = name.partition("@")
    found = design.load(config, target=target, root=Path())
    if found.target.toolchain == "vitis":
        model = plan.for_vitis(found)
        text = connectivity.render(plan.connectivity(found, model), found.implementation)
        return {CONNECTIVITY: text}
    model, known = plan.for_vivado(found)
    return {TCL: tcl.render(model, catalogue=known), XDC: xdc.render(found)}


def _refusal(kind: str, asked: named.Named, texts: Mapping[str, str]) -> str:
    there = ", ".join(f"--{one}" for one in texts)
    if asked.kernels:
        why = "is for Vivado" if TCL in texts else "is for v++, whose platform has the board"
    else:
        why = "is a file, which has no target"
    return (
        f"render: {asked.name} {why}: no --{kind}\n"
        f"  expected  {there}\n"
        f"  next      render {asked.name if asked.kernels else 'CONFIG@TARGET'}"
        f" {there if asked.kernels else f'--{kind}'}"
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be made a folder: {error.strerror}") from None
