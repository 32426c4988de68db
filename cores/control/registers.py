#!/usr/bin/env python3
"""FuseSoC generator: a kernel.yml becomes the core that holds its register block.

Called by FuseSoC as `registers.py INPUT.yml` in the folder to fill; parameters: {kernel: FILE}.
The work is that of `python -m bitwright.kernel registers`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(input_file: str) -> int:
    import yaml
    from bitwright import kernel, registers
    from bitwright.errors import BitwrightError

    asked = yaml.safe_load(Path(input_file).read_text(encoding="utf-8"))
    source = Path(asked["files_root"]) / asked["parameters"]["kernel"]
    try:
        signature = kernel.load(source, os.path.relpath(source))
        registers.write(signature, Path.cwd())
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    name = f"{signature.name}_regs"
    Path(f"{name}.core").write_text(kernel.core_file(signature, asked["vlnv"]), encoding="utf-8")
    return 0


def in_environment() -> None:
    """Start again under the project's Python when FuseSoC found another one on PATH."""
    python = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "python3"
    if python.is_file() and Path(sys.prefix) != python.parents[1]:
        os.execv(python, [str(python), "-s", *sys.argv])


if __name__ == "__main__":
    in_environment()
    raise SystemExit(main(sys.argv[1]))
