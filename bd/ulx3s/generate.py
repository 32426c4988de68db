#!/usr/bin/env python3
"""FuseSoC generator: parameters become the core that holds the generated system.

Called by FuseSoC as `generate.py INPUT.yml` in the folder to fill; parameters are the options of
soc.py, with underscores: {rows: 8, cols: 8, clock_mhz: 50, sim: true}. The work is soc.py's, in a
process of its own, so that its bytes are the same however it is called.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BOARD = Path(__file__).resolve().parent


def options(parameters: Mapping[str, Any]) -> list[str]:
    """soc.py's command line; a flag is given when true."""
    words: list[str] = []
    for name, value in parameters.items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words += [option] if value else []
        else:
            words += [option, str(value)]
    return words


def core_file(vlnv: str, sim: bool) -> str:
    """The core of the generated files. JSON is YAML, and quotes what YAML would not."""
    top = "ulx3s_sim" if sim else "ulx3s"
    files: list[Any] = [{f"{top}.v": {"file_type": "verilogSource"}}]
    if not sim:
        files.append({"ulx3s.lpf": {"file_type": "LPF"}})
    files += [{name: {"file_type": "user"}} for name in ("soc.json", "sdram_init.json")]
    core = {
        "name": vlnv,
        "filesets": {"system": {"files": files}},
        "targets": {"default": {"filesets": ["system"]}},
    }
    return f"CAPI=2:\n{json.dumps(core, indent=2)}\n"


def main(input_file: str) -> int:
    import yaml

    asked = yaml.safe_load(Path(input_file).read_text(encoding="utf-8"))
    parameters = asked.get("parameters") or {}
    command = [sys.executable, "-s", str(BOARD / "soc.py"), *options(parameters), "--out", "."]
    done = subprocess.run(command, check=False)
    if done.returncode == 0:
        text = core_file(asked["vlnv"], bool(parameters.get("sim")))
        Path("system.core").write_text(text, encoding="utf-8")
    return done.returncode


def in_environment() -> None:
    """Start again under the project's Python when FuseSoC found another one on PATH."""
    python = BOARD.parents[1] / ".venv" / "bin" / "python3"
    if python.is_file() and Path(sys.prefix) != python.parents[1]:
        os.execv(python, [str(python), "-s", *sys.argv])


if __name__ == "__main__":
    in_environment()
    raise SystemExit(main(sys.argv[1]))
