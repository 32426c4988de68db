#!/usr/bin/env python3
"""FuseSoC generator: a kernel.yml becomes the core that holds what stands around an HLS kernel.

Called by FuseSoC as `top.py INPUT.yml` in the folder to fill; parameters as a config has them:
{kernel: FILE, format: .., seq_len: .., embed_dim: .., token_tile: .., lanes: .., ...}, and
vectors: false where no test bench is to run. The work is that of bitwright.hls.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def core_text(call: Mapping[str, Any]) -> str:
    """The .core of what a call leaves; `cores.py` asks for it to plan without a run."""
    name = call["vlnv"].split(":")[2].rpartition("-")[0]
    data = f"""
  data:
    files: [{name}_vectors.txt, {name}_vectors.bin]
    file_type: data"""
    with_data = bool(call["parameters"].get("vectors", True))
    return f"""CAPI=2:
name: {call["vlnv"]}
description: What stands around the HLS kernel {name}
filesets:
  cpp:
    files:
      - {name}_config.hpp: {{file_type: cppSource, is_include_file: true}}
      - {name}.cpp: {{file_type: cppSource}}
      - {name}_tb.cpp: {{file_type: cppSource-testbench}}{data * with_data}
  host:
    files: [x{name}_hw.h, {name}_registers.py]
    file_type: user
targets:
  default:
    filesets: [cpp, host{", data" * with_data}]
"""


def main(input_file: str) -> int:
    import yaml
    from bitwright.errors import BitwrightError
    from bitwright.hls import around

    call = yaml.safe_load(Path(input_file).read_text(encoding="utf-8"))
    parameters = call["parameters"]
    source = Path(call["files_root"]) / parameters["kernel"]
    try:
        around.write(source, os.path.relpath(source), parameters, Path())
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    core = f"{call['vlnv'].split(':')[2]}.core"
    Path(core).write_text(core_text(call), encoding="utf-8")
    return 0


def in_environment() -> None:
    """Start again under the project's Python when FuseSoC found another one on PATH."""
    python = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "python3"
    if python.is_file() and Path(sys.prefix) != python.parents[1]:
        os.execv(python, [str(python), "-s", *sys.argv])


if __name__ == "__main__":
    in_environment()
    raise SystemExit(main(sys.argv[1]))
