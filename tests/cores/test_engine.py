"""The matrix engine in Verilated RTL against a compiled memory: many random products in little
time, and the whole first feed-forward product of GPT-2 Medium, judged by the golden model."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("benchmark_engine", ROOT / "benchmarks" / "engine.py")
benchmark = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(benchmark)

SMALL = {"rows": 4, "cols": 4, "max-burst": 4, "a-bytes": 2048, "b-bytes": 1024}
SMALL_PARAMETERS = (
    "--Rows=4",
    "--Cols=4",
    "--MaxBurst=4",
    "--ABufBytes=2048",
    "--BBufBytes=1024",
    "--Outstanding=2",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The engine as the board has it: 8 x 8, panels of 128 KiB each."""
    return benchmark.build(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def small_engine(tmp_path_factory):
    """4 x 4, bursts of 4 beats, 2 in flight, buffers that hold few panels and wrap at once."""
    return benchmark.build(tmp_path_factory.mktemp("small_engine"), *SMALL_PARAMETERS)


def run(program, *plus, **options):
    """Run the bench; keyword arguments are its options, _ for -. Returns what it printed.

    plus: Verilator's own, such as +verilator+rand+reset+2
    """
    words = [*plus, *(f"--{name.replace('_', '-')}={value}" for name, value in options.items())]
    ended = subprocess.run([program, *words], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_random_products_are_bit_exact_whatever_stalls_fails_or_interferes(engine):
    assert "250 random products bit-exact" in run(engine, random=250, seed=1)


def test_a_small_engine_is_bit_exact_too(small_engine):
    assert "120 random products bit-exact" in run(small_engine, random=120, seed=2, **SMALL)


def test_the_engine_needs_no_value_that_reset_does_not_give(engine):
    """Every register and memory starts with random bits."""
    plus = "+verilator+rand+reset+2", "+verilator+seed+5"
    assert "40 random products bit-exact" in run(engine, *plus, random=40, seed=3)


@pytest.mark.parametrize("layout", ["nk", "kn"])
@pytest.mark.parametrize("raw", [0, 1])
@pytest.mark.parametrize("data", ["random", "minimum", "extremes", "zeros"])
def test_the_golden_model_agrees(engine, tmp_path, layout, raw, data):
    dump = tmp_path / "dump"
    run(engine, m=21, k=77, n=90, layout=layout, raw=raw, data=data, stall=20, dump=dump)
    assert benchmark.judge(dump) == (21, 77, 90)


def test_a_wrong_byte_is_noticed(engine, tmp_path):
    dump = tmp_path / "dump"
    run(engine, m=5, k=9, n=11, dump=dump)
    raw = bytearray(dump.read_bytes())
    raw[-7] ^= 1
    dump.write_bytes(raw)
    with pytest.raises(AssertionError, match=r"D\[4\]\[4\] is"):
        benchmark.judge(dump)


@pytest.mark.parametrize(("m", "n", "k"), [(1024, 8, 6400), (1, 6400, 64), (3, 5, 6400)])
def test_the_largest_sizes_are_bit_exact(engine, m, n, k):
    run(engine, m=m, n=n, k=k, stall=10, latency=20)


def test_gpt2_medium_first_feed_forward_product_uses_97_percent_of_the_array(engine, tmp_path):
    """M=128, K=1024, N=4096, B as [N][K]; 8 bursts outstanding, 64 cycles of latency."""
    dump = tmp_path / "dump"
    printed = run(engine, dump=dump)
    assert benchmark.judge(dump) == (128, 1024, 4096)
    cycles = int(re.search(r"^cycles +(\d+)", printed, re.M)[1])
    assert 128 * 1024 * 4096 / 64 / cycles >= 0.97
    assert float(re.search(r"^utilisation +([\d.]+)", printed, re.M)[1]) >= 97
