"""What reports say: one JSON object a line, for each report in the files; exit status 1 if any
failed. `diff A B` compares two."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bitwright.errors import ReportError
from bitwright.reports.read.archive import Unread, read_all
from bitwright.reports.read.recognise import Report, read_stream

STDIN = Path("-")


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["diff"]:
        from bitwright.reports.compare import command  # only here: reading needs none of it

        return command.main(argv[1:])
    options = _options().parse_args(argv)
    failed = False
    try:
        for path in options.files:
            for result in _read(path):
                failed |= isinstance(result, Unread)
                _print(result, table=options.table)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(failed)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bitwright.reports", description=__doc__)
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a report, or an archive of reports (.zip, .xsa, .xo); - is standard input",
    )
    parser.add_argument("--table", action="store_true", help="tables for people, not JSON")
    return parser


def _read(path: Path) -> Iterator[Report | Unread]:
    if path != STDIN:
        yield from read_all(path)
        return
    try:
        yield read_stream(sys.stdin.buffer, origin=path)
    except ReportError as error:
        yield Unread(path, error)


def _print(result: Report | Unread, *, table: bool) -> None:
    if not table:
        print(json.dumps(result.to_json(), allow_nan=False))
        return
    from bitwright.reports.read import show  # only here: rich takes its time

    show.show(result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
