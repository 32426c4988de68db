"""Load a bitstream into a board over USB, with openFPGALoader.

python -m bitwright.host.program build/gpt2-medium/ulx3s-85f/bitstream/gpt2-medium.bit
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bitwright.errors import BitwrightError, ConfigError, ToolError

LOADER = "openFPGALoader"
HOW_TO_GET_IT = (
    "sudo apt-get install openfpgaloader, or https://github.com/trabucayre/openFPGALoader"
)


def command(bitstream: Path, board: str, *, flash: bool = False) -> tuple[str, ...]:
    """The call that loads a bitstream; into the flash, where it survives power-off, if `flash`.

    Raises ToolError when openFPGALoader is not installed, ConfigError when there is no bitstream.
    """
    if not bitstream.is_file():
        raise ConfigError(
            f"{bitstream}: no such bitstream\n  next      ./doit bitstream config=NAME builds one"
        )
    loader = shutil.which(LOADER)
    if loader is None:
        raise ToolError(
            f"{LOADER} is not installed; it loads bitstreams into boards\n"
            f"  next      {HOW_TO_GET_IT}\n"
            f"  then      {LOADER} -b {board} {bitstream}"
        )
    return (loader, "-b", board, *(("-f",) if flash else ()), str(bitstream))


def program(bitstream: Path, board: str = "ulx3s", *, flash: bool = False) -> None:
    """Load it; what the loader says goes to the terminal. Raises ToolError if it fails."""
    call = command(bitstream, board, flash=flash)
    status = subprocess.run(call, check=False).returncode
    if status:
        raise ToolError(
            f"{LOADER} ended with exit status {status}\n"
            "  likely    no board on USB, or no right to use it\n"
            f"  next      {LOADER} --detect shows what it finds; udev rules give the right"
        )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Load a bitstream into a board.")
    parser.add_argument("bitstream", type=Path)
    parser.add_argument("--board", default="ulx3s", help="openFPGALoader's name of the board")
    parser.add_argument("--flash", action="store_true", help="keep it over power-off")
    args = parser.parse_args(argv)
    try:
        program(args.bitstream, args.board, flash=args.flash)
    except BitwrightError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
