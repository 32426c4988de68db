"""The board in Verilator: the whole system, its SDRAM and its UART, driven by the real host module.

    python -m bitwright.host.simulate --rows 4 --cols 4 --a-kib 16 --b-kib 16 --build build/sim

generates and compiles the system, then compares matrix products with bitwright.golden, bit for bit.
What differs from the board: LiteDRAM's DFI model stands for PHY, pins and chip, and the clock for
the PLL. The simulation fails on any command to the SDRAM before its initialisation is complete, on
any violation of the SDRAM's timings, and on a failed assertion of the hardware.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bitwright.errors import BitwrightError, ToolError
from bitwright.host.check import compare_all
from bitwright.host.soc import Soc

ROOT = Path(__file__).resolve().parents[3]
BOARD = ROOT / "bd" / "ulx3s"
BOARD_SOURCES = ("rtl/sdram_bridge.sv", "tb/sdram_init_checker.sv")
BIT_CYCLES = 8  # clocks per UART bit: fast, yet every byte is sent as the board would send it
ENGINE = "bitwright:rtl:matmul"


@dataclass(frozen=True, slots=True)
class System:
    """What to simulate; the fields are options of bd/ulx3s/soc.py."""

    rows: int = 8
    cols: int = 8
    a_kib: int = 128
    b_kib: int = 128
    clock_mhz: float = 50.0
    sdram_rate: str = ""  # 1:1 or 1:2; soc.py chooses when empty

    def arguments(self) -> tuple[str, ...]:
        baud = round(self.clock_mhz * 1e6 / BIT_CYCLES)
        return (
            *("--rows", str(self.rows), "--cols", str(self.cols)),
            *("--a-kib", str(self.a_kib), "--b-kib", str(self.b_kib)),
            *("--clock-mhz", f"{self.clock_mhz:g}", "--baud", str(baud)),
            *(("--sdram-rate", self.sdram_rate) if self.sdram_rate else ()),
            "--sim",
        )


# ------------------------------------------------------------------------------------- building


def generate(system: System, out: Path) -> None:
    """Let soc.py write the system for simulation into `out`."""
    _run((sys.executable, "-s", str(BOARD / "soc.py"), *system.arguments(), "--out", str(out)))


def engine_sources(build: Path) -> tuple[Path, ...]:
    """The engine's files in order of compilation, as FuseSoC finds and generates them."""
    import yaml

    work = build / "engine"
    _run(
        (
            *(sys.executable, "-s", "-m", "fusesoc.main", "run", "--setup", "--target", "synth"),
            *("--work-root", str(work.resolve()), ENGINE),
        ),
        cwd=ROOT,
    )
    edam_file = next(work.glob("*.eda.yml"))
    files = yaml.safe_load(edam_file.read_text())["files"]
    kinds = ("systemVerilogSource", "verilogSource", "vlt")
    return tuple(
        (work / entry["name"]).resolve()
        for entry in files
        if entry["file_type"].startswith(kinds) and not entry.get("is_include_file")
    )


def compile_bench(generated: Path, sources: Iterable[Path], build: Path) -> Path:
    """The simulated board as a program.

    sources: the engine's, or a stand-in's of the same name; the board's own are added where absent
    Raises ToolError with Verilator's or the compiler's last lines.
    """
    build.mkdir(parents=True, exist_ok=True)
    given = [path.resolve() for path in sources]
    names = {path.name for path in given}
    own = [BOARD / name for name in BOARD_SOURCES if Path(name).name not in names]
    options = """--cc --exe --build -j 2 --assert -O3 --x-assign unique --x-initial unique
        -Wno-fatal -Wno-lint -Wno-style --top-module ulx3s_sim -o bench -CFLAGS -O2"""
    command = (
        *(str(Path(sys.executable).parent / "verilator"), *options.split()),
        *("--Mdir", str(build.resolve())),
        *(str(path) for path in (*given, *own)),
        *(str((generated / "ulx3s_sim.v").resolve()), str(BOARD / "tb" / "bench.cpp")),
    )
    try:
        _run(command)
    except FileNotFoundError as error:
        raise ToolError(f"{command[0]}: not there\n  next      ./doit sets it up") from error
    return build / "bench"


def _run(command: Sequence[str], **settings: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **settings)
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        errors = [line for line in lines if "rror" in line][:5]
        raise ToolError(
            f"{' '.join(command[:4])} ...: exit status {done.returncode}\n"
            + "\n".join(errors or lines[-15:])
        )


# ------------------------------------------------------------------------------------- running


@contextmanager
def board(bench: Path, generated: Path, *options: str) -> Iterator[Soc]:
    """A simulated board, running until the end of the block, opened as a real one would be.

    options: further arguments of the bench. Raises ToolError if the simulation fails, then or
    before; its output tells why.
    """
    arguments = (str(bench.resolve()), f"+bit_cycles={BIT_CYCLES}", "+with_parent", *options)
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline().split()
    try:
        if first[:1] != ["port"]:
            raise ToolError(f"{bench}: no port told\n  found     {' '.join(first)!r}")
        with Soc.open(f"tcp:127.0.0.1:{first[1]}", generated) as soc:
            yield soc
    except ToolError as error:
        raise _with_output(error, _finish(process)) from error
    except BaseException:
        process.kill()
        _finish(process)
        raise
    output = _finish(process)
    if process.returncode or "violation" in output or "%Error" in output:
        raise _with_output(ToolError(f"{bench}: the simulation failed"), output)


def _finish(process: subprocess.Popen[str]) -> str:
    """The rest of the bench's output; it ends when the host has hung up."""
    try:
        return process.communicate(timeout=60)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0] + "\n(killed: it did not end when the host hung up)"


def _with_output(error: ToolError, output: str) -> ToolError:
    lines = [line for line in output.strip().splitlines() if not line.startswith("cycles ")]
    return ToolError("\n".join([str(error), "  the simulation's last lines:", *lines[-12:]]))


# ------------------------------------------------------------------------------------- command line


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--cols", type=int, default=8)
    parser.add_argument("--a-kib", type=int, default=128)
    parser.add_argument("--b-kib", type=int, default=128)
    parser.add_argument("--clock-mhz", type=float, default=50.0)
    parser.add_argument("--build", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--generated", type=Path, help="what soc.py --sim wrote (default: run it)")
    parser.add_argument(
        "--source", type=Path, nargs="+", help="the engine's files in order (default: ask FuseSoC)"
    )
    args = parser.parse_args(argv)
    system = System(args.rows, args.cols, args.a_kib, args.b_kib, args.clock_mhz)
    try:
        generated = args.generated or args.build / "generate"
        if args.generated is None:
            generate(system, generated)
        print("compiling the simulated board", flush=True)
        sources = args.source or engine_sources(args.build)
        bench = compile_bench(generated, sources, args.build / "bench")
        with board(bench, generated, "+verilator+rand+reset+2", "+verilator+seed+1") as soc:
            compare_all(soc)
    except BitwrightError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
