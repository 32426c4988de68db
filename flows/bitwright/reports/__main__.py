"""`python -m bitwright.reports FILE...`: one JSON object a line; exit status 1 if any failed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bitwright.errors import ReportError
from bitwright.reports.read.recognise import read


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bitwright.reports", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    failed = False
    for path in parser.parse_args(argv).files:
        try:
            row = read(path).to_json()
        except ReportError as error:
            row, failed = {"path": str(path), "error": str(error)}, True
        print(json.dumps(row, allow_nan=False))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
