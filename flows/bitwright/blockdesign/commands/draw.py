"""a picture (SVG) of a block design: draw gpt2-medium@u280 --out u280.svg

`draw --docs` renews the pictures of our designs in docs/.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from bitwright.blockdesign import named
from bitwright.blockdesign.commands import put, refuse_other_than_svg
from bitwright.errors import ConfigError

DOCS = {  # picture in docs/ -> the design that it shows
    "zynq.svg": "gpt2-medium@pynq-z2",
    "zynqmp.svg": "gpt2-medium@zcu104",
    "alveo.svg": "gpt2-medium@u280",
    "alveo-xrt.svg": "gpt2-medium@u280-xrt",
}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("design", nargs="?", metavar="DESIGN", help=named.HELP)
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: to standard output")
    parser.add_argument("--docs", action="store_true", help="renew docs/*.svg")


def run(args: argparse.Namespace) -> int:
    if args.docs:
        for name, subject in DOCS.items():
            put(picture(subject), Path("docs", name))
        return 0
    if args.design is None:
        raise ConfigError(f"draw: expected {named.HELP}; found nothing")
    refuse_other_than_svg(args.out)
    put(picture(args.design), args.out)
    return 0


def picture(subject: str) -> str:
    """The SVG text of the design that a command line calls so."""
    from bitwright.blockdesign import draw

    found = named.read(subject)
    config, at, target = subject.partition("@")
    said = f"{config} on {target}" if at and found.kernels else Path(subject).name
    return draw.svg(found.design, found.looks, subtitle=said)
