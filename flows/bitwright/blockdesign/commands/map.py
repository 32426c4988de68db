"""the address map of a block design: map gpt2-medium@u280 --format yaml|c|python|markdown"""

from __future__ import annotations

import argparse
from pathlib import Path

from bitwright.blockdesign import named
from bitwright.blockdesign.addressmap import address_map
from bitwright.blockdesign.commands import put
from bitwright.blockdesign.maptext import FORMATS, render


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", metavar="DESIGN", help=named.HELP)
    parser.add_argument("--format", choices=FORMATS, default="markdown", help="default: markdown")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: to standard output")


def run(args: argparse.Namespace) -> int:
    found = named.read(args.design)
    put(render(address_map(found.design, found.kernels), args.format), args.out)
    return 0
