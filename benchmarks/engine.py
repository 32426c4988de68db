"""The matrix engine on GPT-2 Medium's first feed-forward product, through Verilated RTL.

    python benchmarks/engine.py [--m=128 --k=1024 --n=4096 --layout=nk --stall=0 ...]

Builds the target `bench` of bitwright:rtl:matmul with FuseSoC, runs one whole product against a
memory that takes 8 outstanding bursts, answers after 64 cycles and then delivers a beat per cycle,
and compares every byte with integers in C++ and again with `bitwright.golden`. Prints cycles from
start to done, utilisation and simulated cycles per second. Options go to the bench, whose source
lists them; exit status 1 if a byte differs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CORE, PROGRAM = "bitwright:rtl:matmul", "Vmatmul"


def build(build_root: Path, *parameters: str) -> Path:
    """Build the bench; returns the program. parameters: such as --Rows=4, of the engine.

    Raises CalledProcessError, its output holding FuseSoC's, if the build fails.
    """
    command = (sys.executable, "-s", "-m", "fusesoc.main", "run", "--build-root", str(build_root))
    target = ("--target", "bench", "--setup", "--build", CORE)
    subprocess.run(
        (*command, *target, *parameters), cwd=ROOT, check=True, capture_output=True, text=True
    )
    return next(build_root.glob(f"*/bench/{PROGRAM}"))


def judge(dump: Path) -> tuple[int, int, int]:
    """Compare the result in a bench's dump with the golden model; returns (M, K, N).

    Raises AssertionError naming the first element that differs.
    """
    import numpy as np
    from bitwright import golden

    raw = dump.read_bytes()
    m, n, k, nk, is_raw = (int(v) for v in np.frombuffer(raw, np.int64, 5))
    place = 40

    def take(kind: type, *shape: int) -> np.ndarray[Any, Any]:
        nonlocal place
        array: np.ndarray[Any, Any] = np.frombuffer(raw, kind, int(np.prod(shape)), place).reshape(
            shape
        )
        place += array.nbytes
        return array

    a, b = take(np.int8, m, k), take(np.int8, *((n, k) if nk else (k, n)))
    bias, mult, shift = take(np.int32, n), take(np.int32, n), take(np.uint8, n)
    d = take(np.int32 if is_raw else np.int8, m, n)
    assert place == len(raw), f"{dump}: {len(raw)} bytes, expected {place}"
    want = golden.matmul(a, b, bias, mult, shift, b_is_nk=bool(nk), raw=bool(is_raw))
    for i, j in np.argwhere(d != want)[:1]:
        raise AssertionError(f"D[{i}][{j}] is {d[i, j]}, bitwright.golden says {want[i, j]}")
    return m, k, n


def main(options: list[str]) -> int:
    try:
        program = build(ROOT / "build" / "fusesoc")
    except subprocess.CalledProcessError as error:
        print(error.stdout, error.stderr, sep="\n", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "dump"
        if (status := subprocess.run((program, f"--dump={dump}", *options)).returncode) != 0:
            return status
        m, _, n = judge(dump)
    print(f"golden       all {m * n:,} elements as bitwright.golden has them")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
