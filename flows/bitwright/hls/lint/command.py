"""`python -m bitwright.hls lint FILE.cpp...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bitwright.errors import BitwrightError
from bitwright.hls.lint import check
from bitwright.hls.lint.program import from_files
from bitwright.hls.lint.rules import table
from bitwright.schema import nearest


def main(argv: Sequence[str]) -> int:
    """Check files; exit status 1 if there is an error in them, or no reading them."""
    options = _options().parse_args(argv)
    if options.rules:
        print(table())
        return 0
    if not options.files:
        print(
            "lint: no file to check; next: python -m bitwright.hls lint FILE.cpp", file=sys.stderr
        )
        return 2
    try:
        program = from_files(options.files, options.include, options.top)
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    if options.top and not program.named(options.top):
        told = nearest(options.top, {function.name for function in program.functions})
        print(f"lint: no function {options.top!r} in these files{told}", file=sys.stderr)
        return 1
    report = check(program)
    for found in report.findings:
        print(found)
    print(report.verdict)
    return 1 if report.count("error") else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bitwright.hls lint",
        description="Check C++ for Vitis HLS, with the files that it includes in quotes.",
        epilog="A finding is allowed by `// bitwright-lint: allow RULE because REASON`"
        " behind it or in the line before.",
    )
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE.cpp")
    parser.add_argument("--top", default="", help="the function that has the ports")
    parser.add_argument(
        "--include",
        "-I",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="look here too",
    )
    parser.add_argument("--rules", action="store_true", help="print what is checked")
    return parser
