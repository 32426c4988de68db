"""A core made worse on purpose: does the nightly build catch it, with the right metric on top?

    .venv/bin/python benchmarks/worsened_core.py [--seeds 3] [--night 3] [--cache FOLDER]

In a clone of this project: the smallest config is built with some seeds and accepted as the
baseline; then the pipeline registers of the requantiser's multiplication are removed (all
simulations of the engine still pass, its latency halves); then `./doit nightly`. Prints the top of
its summary, and ends with 0 only if the night failed and a clock is what got worse most. Place and
route of one seed takes some minutes; --cache keeps what is done for a second run, --keep the clone.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = Path("cores/matmul/rtl/requantiser.sv")
TARGET = "ulx3s-85f"
CLOCKS = ("achieved_mhz", "wns_ns")
TOP = 12  # lines of the summary that are printed
# Stages 1 to 4 of 8, as they stand and without their registers.
EDITS = (
    ("Latency = 8;", "Latency = 4;"),
    ("shift_q[3][5:4]", "shift_i[5:4]"),
    ("shift_q[4][3:2]", "shift_q[0][3:2]"),
    ("shift_q[5][1:0]", "shift_q[1][1:0]"),
)
STAGES = ("sum_q ", "mult_q", "high_high_q", "high_low_q", "low_high_q", "low_low_q", "middle_q",
          "outer_q", "lowest_q", "upper_q", "lowest2_q")  # fmt: skip


def worsen(text: str) -> str:
    """The requantiser without the registers of its stages 1 to 4. ValueError if it is another."""
    for old, new in EDITS:
        if text.count(old) != 1:
            raise ValueError(f"{CORE}: expected {old!r} once")
        text = text.replace(old, new)
    lines = text.splitlines()
    seen = 0
    for number, line in enumerate(lines):
        words = line.split()
        if len(words) > 2 and words[1] == "<=" and f"{words[0]} ".startswith(STAGES):
            lines[number] = line.replace("<=", "=", 1)
            block = next(n for n in range(number, 0, -1) if "always_" in lines[n])
            lines[block] = lines[block].replace("always_ff @(posedge clk_i)", "always_comb")
            seen += 1
    if seen != len(STAGES):
        raise ValueError(f"{CORE}: {seen} registers found, expected {len(STAGES)}")
    return "\n".join(lines) + "\n"


def doit(clone: Path, *words: str) -> int:
    """Run ./doit in the clone; its exit status. What it prints goes to standard error."""
    print(f"$ ./doit {shlex.join(words)}", file=sys.stderr, flush=True)
    command = [str(clone / ".venv/bin/python"), "-m", "doit", *words]
    return subprocess.run(command, cwd=clone, stdout=sys.stderr, check=False).returncode


def run(clone: Path, seeds: int, night: int, cache: Sequence[str]) -> int:
    """Baseline of so many seeds, worsened core, nightly of so many; 0 if it was caught."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    (clone / ".venv").symlink_to(ROOT / ".venv")
    design = ("config=tiny", f"target={TARGET}", *cache)
    count = f"seeds={seeds}"
    if doit(clone, "bitstream", *design) or doit(clone, "baseline", *design, count):
        return 2
    core = clone / CORE
    core.write_text(worsen(core.read_text()))
    (clone / "configs/nightly.yml").write_text(
        f"configs: [tiny]\ntargets: [{TARGET}]\nseeds: {list(range(1, night + 1))}\n"
    )
    status = doit(clone, "nightly", *cache)
    summary = (clone / "build/nightly/summary.md").read_text()
    print("\n".join(summary.splitlines()[:TOP]))
    rows = [line for line in summary.splitlines() if line.startswith("| **")]
    worst = rows[0].split("**")[1].replace("\\", "") if rows else ""
    caught = status == 1 and worst.startswith(CLOCKS)
    print(
        f"\n{'caught' if caught else 'NOT caught'}: exit status {status}, worst is {worst or '-'}"
    )
    return 0 if caught else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="of the baseline, from 1 (default: 3)")
    parser.add_argument("--night", type=int, default=3, help="seeds of the night (default: 3)")
    parser.add_argument("--cache", help="a folder of finished steps to use and fill")
    parser.add_argument("--keep", type=Path, help="make the clone here and leave it")
    asked = parser.parse_args()
    cache = [f"cache={Path(asked.cache).absolute()}"] if asked.cache else []
    seeds, night = asked.seeds, asked.night
    if asked.keep:
        return run(asked.keep.absolute(), seeds, night, cache)
    with tempfile.TemporaryDirectory() as folder:
        return run(Path(folder) / "bitwright", seeds, night, cache)


if __name__ == "__main__":
    sys.exit(main())
