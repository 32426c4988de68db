"""STAND-IN for xclbinutil, for the tests of bitwright alone: it knows the files of the stand-ins.

xclbinutil_standin.py FOLDER --force --input A --key-value USER:KEY:VALUE --info=T --output B
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "flows")]

from tests.standins import xclbin  # noqa: E402
from tests.standins.faults import Faults  # noqa: E402
from tests.standins.reports import MARK  # noqa: E402


def main() -> int:
    folder, *words = sys.argv[1:]
    print(f"XRT Build Version: 2.14.0 ({MARK})", flush=True)
    if words == ["--version"]:
        return 0
    Faults(Path(folder)).called(["xclbinutil", *words])
    given: dict[str, str] = {}
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if name not in ("--force", "--input", "--key-value", "--info", "--output"):
            print(f"ERROR: unrecognised option '{word}'")
            return 1
        given[name] = value if equals else ("" if name == "--force" else next(left, ""))
    try:
        body = xclbin.parse(Path(given["--input"]).read_bytes())
        domain, key, value = given["--key-value"].split(":")
    except (KeyError, OSError, ValueError) as error:
        print(f"ERROR: {error}")
        return 1
    if domain != "USER" or (Path(given["--output"]).exists() and "--force" not in given):
        print("ERROR: the domain is not USER, or the output exists")
        return 1
    body = replace(body, pairs=(*body.pairs, (key, value)))
    Path(given["--output"]).write_bytes(xclbin.render(body))
    Path(given["--info"]).write_text(xclbin.info(body))
    return 0


if __name__ == "__main__":
    sys.exit(main())
