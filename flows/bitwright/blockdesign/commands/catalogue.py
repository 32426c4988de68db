"""an entry of the IP catalogue from a component.xml: catalogue FILE.xml > bd/catalogue/ip.yml

Pins, interfaces, address spaces and segments as the package says them, with its parameters where
they decide something. Exit status 0: printed. 1: the file is no component.xml. 2: it is not there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bitwright.ipxact import entry, read
from bitwright.yamlfile import MAX_BYTES


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE.xml", help="component.xml of a packaged IP"
    )


def run(args: argparse.Namespace) -> int:
    text = entry.render(read.load(args.file), origin=args.file.name)
    print(text, end="")
    if len(text.encode()) > MAX_BYTES:
        size = f"{len(text.encode()) >> 10} KiB"
        note = f"{args.file}: {size}; a file of the catalogue holds at most {MAX_BYTES >> 10} KiB"
        print(note, file=sys.stderr)
    return 0
