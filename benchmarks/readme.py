"""Renew the numbers in README.md, and its picture.

    .venv/bin/python benchmarks/readme.py [NAME ...]         (default: all; some minutes)

A block of README.md between `<!-- measured: NAME -->` and `<!-- end -->` is what one command
printed. Each is run again here and the block replaced; the picture is copied from the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PYTHON = ".venv/bin/python"
COMMANDS: dict[str, tuple[str, ...]] = {  # block -> the command whose output stands in it
    "bitstream": ("./doit", "bitstream", "config=gpt2-medium"),
    "engine": (PYTHON, "benchmarks/engine.py"),
    "board": (PYTHON, "-m", "bitwright.host.predict"),
    "csim": ("./doit", "csim", "config=gpt2-medium"),
    "hls": ("./doit", "hls", "config=gpt2-medium"),
    "check": ("./doit", "check", "config=gpt2-medium"),
    "builds": (PYTHON, "benchmarks/null_build.py"),
    "reports": (PYTHON, "benchmarks/reports.py"),
}
FROM = {"bitstream": "clock ", "csim": "kernel and format ", "hls": "csim: "}  # first line
ENDS = {"hls": (0, 4)}  # exit statuses other than 0 alone; 4: without the tools
PICTURE = ROOT / "build/gpt2-medium/ulx3s-85f/report/floorplan.png"


def block(name: str, output: str) -> str:
    """A block as it stands in README.md. `output` is what the command printed."""
    command, text = " ".join(COMMANDS[name]), output.rstrip().lstrip("\n")
    return f"<!-- measured: {name} -->\n```\n$ {command}\n{text}\n```\n<!-- end -->"


def renewed(text: str, name: str, output: str) -> str:
    """README.md with one block replaced. Raises ValueError unless it stands there exactly once."""
    pattern = rf"<!-- measured: {re.escape(name)} -->\n.*?<!-- end -->"
    new, count = re.subn(pattern, lambda _: block(name, output), text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"README.md has {count} blocks 'measured: {name}', expected 1")
    return new


def kept(name: str, output: str) -> str:
    """The part of an output that README.md shows."""
    start = re.search(rf"^{FROM.get(name, '')}", output, re.MULTILINE)
    return output[start.start() :] if start else output


def measure(name: str) -> str:
    """Run the command of a block; its output is shown and the run ends if it fails."""
    print(f"{name}: {' '.join(COMMANDS[name])}", flush=True)
    ended = subprocess.run(COMMANDS[name], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(ended.stdout, flush=True)
    if ended.returncode not in ENDS.get(name, (0,)):
        raise SystemExit(f"{name}: exit status {ended.returncode}; README.md is as it was")
    return kept(name, ended.stdout)


def main(names: Sequence[str]) -> None:
    for name in names or COMMANDS:
        if name not in COMMANDS:
            raise SystemExit(f"no block '{name}' (blocks: {', '.join(COMMANDS)})")
        output = measure(name)
        README.write_text(renewed(README.read_text(), name, output))
    if PICTURE.exists():
        shutil.copyfile(PICTURE, ROOT / "docs/floorplan.png")


if __name__ == "__main__":
    main(sys.argv[1:])
