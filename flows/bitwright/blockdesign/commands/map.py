"""the address map of a block design: map gpt2-medium@u280 --format yaml|c|python|markdown"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bitwright.blockdesign import named
from bitwright.blockdesign.addressmap import FORMATS, address_map, render
from bitwright.errors import ConfigError


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", metavar="DESIGN", help=named.HELP)
    parser.add_argument("--format", choices=FORMATS, default="markdown")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: to standard output")


def run(args: argparse.Namespace) -> int:
    found = named.read(args.design)
    text = render(address_map(found.design, found.kernels), args.format)
    if args.out is None:
        sys.stdout.write(text)
        return 0
    try:
        args.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{args.out}: cannot be written: {error.strerror}") from None
    print(args.out)
    return 0
