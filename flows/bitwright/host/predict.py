"""What the board will reach, from cycles counted in the simulation of its whole system.

    python -m bitwright.host.predict                GPT-2 Medium's first feed-forward product

The engine's timing does not depend on the numbers it multiplies, so no operand is loaded: the
product runs on what the SDRAM happens to hold, and the engine's own counter tells the cycles.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import BitwrightError, ToolError
from bitwright.host.simulate import System, board, compile_bench, engine_sources, generate
from bitwright.host.soc import Soc

FEED_FORWARD = (128, 4096, 1024)  # M, N, K of GPT-2 Medium's first feed-forward product
MEDIUM_WEIGHTS = 24 * 12 * 1024 * 1024  # bytes as int8: 24 layers of 12 embed_dim**2
LAYER_WEIGHTS = MEDIUM_WEIGHTS // 24


@dataclass(frozen=True, slots=True)
class Measured:
    """A product on the simulated board."""

    m: int
    n: int
    k: int
    b_is_nk: bool
    cycles: int
    rows: int
    cols: int

    @property
    def utilisation(self) -> float:
        """Multiply-accumulates of the product per cycle and processing element."""
        return self.m * self.n * self.k / (self.cycles * self.rows * self.cols)

    @property
    def bytes_per_cycle(self) -> float:
        """Bytes of operands and result, each once, per cycle of the board's clock."""
        moved = self.m * self.k + self.n * self.k + self.m * self.n + 9 * self.n
        return moved / self.cycles


def measure(soc: Soc, sizes: tuple[int, int, int], *, b_is_nk: bool) -> Measured:
    """Run a product of M, N, K on an initialised board without loading operands."""
    from bitwright.host.driver import KernelDriver
    from bitwright.host.matmul import layout, set_arguments, signature

    m, n, k = sizes
    b = (n, k) if b_is_nk else (k, n)
    shapes: dict[str, tuple[int, ...]] = {"a": (m, k), "b": b, "bias": (n,), "mult": (n,)}
    buffers = layout({**shapes, "shift": (n,), "d": (m, n)}, raw=False)
    driver = KernelDriver(soc, signature())
    set_arguments(soc, driver, buffers, (m, n, k), b_is_nk=b_is_nk, raw=False)
    driver.run(limit_cycles=1_000_000 + m * n * k)
    if faults := driver.faults():
        raise ToolError(f"M, N, K = {m}, {n}, {k}: the engine reports {', '.join(faults)}")
    cycles = driver.read("cycles")
    return Measured(m, n, k, b_is_nk, cycles, soc.map.rows, soc.map.cols)


def report(soc: Soc, sizes: tuple[int, int, int]) -> list[str]:
    """The lines of the prediction."""
    clock, size, baud = soc.map.clock_mhz, soc.map.memory_size, 3_000_000
    streamed = measure(soc, (soc.map.rows, 256, 1024), b_is_nk=True)  # B is used but once
    product = measure(soc, sizes, b_is_nk=True)
    m, n, k = sizes
    layers, load_s = size // LAYER_WEIGHTS, LAYER_WEIGHTS / (baud / 10)
    return [
        f"engine    {soc.map.rows}x{soc.map.cols} int8 at {clock:g} MHz",
        f"memory    {streamed.bytes_per_cycle:.2f} bytes per cycle sustained, "
        f"{streamed.bytes_per_cycle * clock:.0f} MB/s (rows of B read once)",
        f"product   M={m} K={k} N={n}, B as [N][K]: {product.cycles} cycles, "
        f"{product.cycles / clock / 1e3:.1f} ms, utilisation {100 * product.utilisation:.1f} %",
        f"fits      {size / 1e6:.1f} MB of SDRAM against {MEDIUM_WEIGHTS / 1e6:.0f} MB of int8 "
        f"weights of GPT-2 Medium: {layers} of its 24 layers at a time",
        f"loading   {load_s:.0f} s a layer at {baud / 1e6:g} Mbaud: the link, not the engine, "
        "bounds a whole pass",
    ]


def main(argv: Sequence[str] | None = None) -> int:
    m, n, k = FEED_FORWARD
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--m", type=int, default=m)
    parser.add_argument("--n", type=int, default=n)
    parser.add_argument("--k", type=int, default=k)
    parser.add_argument("--clock-mhz", type=float, default=50.0)
    parser.add_argument("--sdram-rate", choices=("1:1", "1:2"), default="")
    parser.add_argument("--build", type=Path, help="folder for what is made (default: a new one)")
    parser.add_argument("--source", type=Path, nargs="+", help="the engine's files, in order")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bitwright-") as temporary:
        build = args.build or Path(temporary)
        try:
            system = System(clock_mhz=args.clock_mhz, sdram_rate=args.sdram_rate)
            generate(system, build / "generate")
            sources = args.source or engine_sources(build)
            bench = compile_bench(build / "generate", sources, build / "bench")
            with board(bench, build / "generate") as soc:
                soc.init_sdram()
                print("\n".join(report(soc, (args.m, args.n, args.k))))
        except BitwrightError as error:
            print(f"ERROR: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
