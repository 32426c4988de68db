"""Compare a board's matrix products with the golden model, bit for bit.

    python -m bitwright.host.check /dev/ttyUSB0 build/gpt2-medium/ulx3s-85f/generate

The same products that `bitwright.host.simulate` runs on the simulated board.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.errors import BitwrightError, ToolError
from bitwright.host.soc import Soc

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Case:
    """One product to compare with the golden model."""

    m: int
    n: int
    k: int
    b_is_nk: bool
    raw: bool
    seed: int = 1

    def __str__(self) -> str:
        b = "B [N][K]" if self.b_is_nk else "B [K][N]"
        return f"M={self.m} N={self.n} K={self.k}, {b}, {'int32' if self.raw else 'int8'}"


def cases(rows: int, cols: int) -> tuple[Case, ...]:
    """Small products: odd sizes in every layout, and one of several panels each way."""
    layouts = [(nk, raw) for nk in (False, True) for raw in (False, True)]
    small = [Case(9, 13, 20, nk, raw) for nk, raw in layouts]
    return (*small, Case(3 * rows + 1, 2 * cols + 3, 100, True, False, seed=2))


def arrays(case: Case) -> dict[str, NDArray[Any]]:
    """Random operands, extremes among them; the same for the same case."""
    import numpy as np

    random = np.random.default_rng([case.m, case.n, case.k, case.seed])
    low, high = np.iinfo(np.int32).min, np.iinfo(np.int32).max
    operands = {
        "a": random.integers(-128, 128, (case.m, case.k)).astype(np.int8),
        "b": random.integers(-128, 128, (case.k, case.n)).astype(np.int8),
    }
    operands["a"][0, :] = -128
    operands["b"][:, 0] = -128
    if case.b_is_nk:
        operands["b"] = np.ascontiguousarray(operands["b"].T)
    if not case.raw:
        operands["bias"] = random.integers(-(2**17), 2**17, case.n).astype(np.int32)
        operands["mult"] = random.integers(2**20, 2**24, case.n).astype(np.int32)
        operands["shift"] = random.integers(32, 36, case.n).astype(np.uint8)
        operands["bias"][-1], operands["mult"][-1] = low, high
    return operands


def compare(soc: Soc, case: Case) -> str:
    """Run a case; the line that says how it went. Raises ToolError if a number differs."""
    import numpy as np

    from bitwright import golden
    from bitwright.host.matmul import matmul

    operands = arrays(case)
    product = matmul(soc, **operands, b_is_nk=case.b_is_nk, raw=case.raw)
    expected = golden.matmul(**operands, b_is_nk=case.b_is_nk, raw=case.raw)
    wrong = np.argwhere(product.d != expected)
    if wrong.size:
        row, column = wrong[0]
        raise ToolError(
            f"{case}: {len(wrong)} of {expected.size} numbers differ from the golden model\n"
            f"  expected  d[{row}, {column}] = {expected[row, column]}\n"
            f"  found     {product.d[row, column]}"
        )
    return f"{case}: {expected.size} numbers as the golden model, {product.cycles} cycles"


def compare_all(soc: Soc) -> None:
    """Initialise the SDRAM, run every case and say so. Raises ToolError at the first difference."""
    soc.init_sdram()
    print("SDRAM initialised over the bridge", flush=True)
    for case in cases(soc.map.rows, soc.map.cols):
        print(compare(soc, case), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("port", help="the board's serial port, or tcp:HOST:PORT")
    parser.add_argument("generated", type=Path, help="folder with the soc.json of its bitstream")
    args = parser.parse_args(argv)
    try:
        with Soc.open(args.port, args.generated) as soc:
            compare_all(soc)
    except BitwrightError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
