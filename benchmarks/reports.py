"""How fast timing summaries are read: ours against Edalize's own reader, same files, same run.

    .venv/bin/python benchmarks/reports.py [FILE ...]        (default: two that are made here)

Prints for each file MB/s of the tables alone, of everything with each cell and net of every path,
and of Edalize's `VivadoReporting.report_timing`, which reads the tables of the header and no path.
Ours begins with the file's bytes as Edalize begins with the file. Times are of the processor, one
thread, the best of several runs (Edalize: one), so that other work on the machine does not count.
Edalize's reader needs pandas; where it is absent, its columns are empty.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "flows"), str(ROOT)]

from bitwright.reports.read.source import text_of  # noqa: E402
from bitwright.reports.read.vivado.timing_summary import (  # noqa: E402
    TimingSummary,
    parse_timing_summary,
)

from benchmarks.timing_report import random_summary, render  # noqa: E402

MADE = {"made-1MB.rpt": 36, "made-20MB.rpt": 640}  # name -> paths of a section
RUNS = 5


@dataclass(frozen=True, slots=True)
class Speed:
    """One file's row. Speeds in MB/s, MB = 10^6 bytes; None where there is no such reader here."""

    name: str
    bytes: int
    paths: int
    stages: int  # cells and nets of these
    tables: float
    everything: float
    edalize: float | None


def edalize() -> Callable[[Path], object] | None:
    """Edalize's reader of timing summaries, given the file; None without pandas."""
    try:
        from edalize.vivado_reporting import VivadoReporting
    except ImportError:
        return None
    return lambda path: VivadoReporting.report_timing(str(path))


def measure(path: Path, *, runs: int = RUNS, alone: bool = False) -> Speed:
    """Read one file in each way; `alone`: not by Edalize."""
    data = path.read_bytes()
    other = None if alone else edalize()

    def ours(paths: bool) -> TimingSummary:
        return parse_timing_summary(text_of(data), origin=path, paths=paths)

    found = ours(True)
    stages = sum(len(p.launch) + len(p.data) + len(p.capture) for p in found.paths)

    def speed(call: Callable[[], object], runs: int) -> float:
        return len(data) / 1e6 / max(min(_seconds(call) for _ in range(runs)), 1e-9)

    return Speed(
        path.name,
        len(data),
        len(found.paths),
        stages,
        speed(lambda: ours(False), runs),
        speed(lambda: ours(True), runs),
        speed(lambda: other(path), 1) if other else None,
    )


def _seconds(call: Callable[[], object]) -> float:
    gc.collect()  # the garbage of the one before is not this one's work
    begin = time.process_time()
    call()
    return time.process_time() - begin


def made(folder: Path, sizes: Iterable[tuple[str, int]] = tuple(MADE.items())) -> Iterator[Path]:
    """Write timing summaries of these sizes into a folder."""
    for name, paths in sizes:
        path = folder / name
        path.write_text(render(random_summary(seed=1, clocks=3, paths=paths, stages=12)))
        yield path


def table(rows: Iterable[Speed]) -> Iterator[str]:
    """The lines to print."""
    yield f"{'file':<24}{'MB':>7}{'paths':>7}{'stages':>8}   {'tables':>12}{'all paths':>12}" + (
        f"{'Edalize':>13}{'tables':>10}{'all paths':>11}"
    )
    for row in rows:
        name = row.name if len(row.name) < 24 else f"{row.name[:10]}..{row.name[-11:]}"
        line = f"{name:<24}{row.bytes / 1e6:>7.2f}{row.paths:>7}{row.stages:>8}   "
        line += f"{row.tables:>7,.0f} MB/s{row.everything:>7.1f} MB/s"
        if row.edalize is not None:
            line += f"{row.edalize:>8.2f} MB/s{row.tables / row.edalize:>9,.0f}x"
            line += f"{row.everything / row.edalize:>10,.0f}x"
        yield line


def main(files: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(name) for name in files] or made(Path(folder))
        for line in table(map(measure, paths)):
            print(line, flush=True)
    if edalize() is None:
        print("Edalize's reader needs pandas: pip install 'edalize[reporting]'")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
