"""Run every kernel once, with the arrays of vectors/, and compare with what golden says.

    python3 -m accelerator.check

Exit status 0: every number is as it must be; 1: one is not, or a kernel could not be run.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import description
from .kernel import Kernel, KernelError

Array = np.ndarray[Any, Any]


def call(kernel: Kernel, case: Mapping[str, Array]) -> dict[str, Array]:
    """What a call gives, by argument; arrays that it reads and writes come back changed."""
    given: dict[str, Any] = {}
    for key, value in case.items():
        kind, _, name = key.partition(".")
        if kind == "given":
            given[name] = value if value.ndim else int(value)
    both = {a["name"] for a in kernel.spec["arguments"] if a["direction"] == "read_write"}
    kept = {name: kernel.put(name, given[name]) for name in both & given.keys()}
    found = kernel(**given | kept)
    results = found if isinstance(found, dict) else {_output(kernel): found}
    return results | {name: each.get() for name, each in kept.items()}


def _output(kernel: Kernel) -> str:
    (name,) = (a["name"] for a in kernel.spec["arguments"] if a["direction"] == "write")
    return str(name)


def faults(case: Mapping[str, Array], results: Mapping[str, Array]) -> tuple[int, int]:
    """How many numbers are wrong, and how many were compared; fp16 may differ by its bound."""
    wrong = total = 0
    for key, expected in case.items():
        kind, _, name = key.partition(".")
        if kind != "expected":
            continue
        first = int(case[f"first.{name}"])
        rows = results[name][first : first + len(expected)]
        error = np.abs(rows.astype(np.float64) - expected.astype(np.float64))
        wrong += int(np.count_nonzero(~(error <= float(case[f"bound.{name}"]))))
        total += expected.size
    return wrong, total


def main(folder: Path = description.BESIDE) -> int:
    spec = description.read(folder)
    status = 0
    try:
        board = importlib.import_module(f"accelerator.on_{spec['host']}").load()
        for name in spec["kernels"]:
            case = np.load(folder / "vectors" / f"{name}.npz")
            wrong, total = faults(case, call(board[name], case))
            print(f"{name}: {total - wrong} of {total} numbers as golden has them", flush=True)
            status |= wrong > 0 or not total
    except KernelError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return int(status)


if __name__ == "__main__":
    raise SystemExit(main())
