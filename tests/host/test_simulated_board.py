"""The real engine in the whole system, driven by the real host over its UART."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bitwright import golden
from bitwright.deploy.accelerator.kernel import KernelError
from bitwright.errors import ToolError
from bitwright.host import check, simulate
from bitwright.host.driver import KernelDriver
from bitwright.host.matmul import layout, matmul, set_arguments, signature
from bitwright.host.predict import measure

from tests.host.deployed import deployed

SYSTEM = simulate.System(rows=4, cols=4, a_kib=16, b_kib=16)
RANDOM_START = ("+verilator+rand+reset+2", "+verilator+seed+3")  # memories and registers


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(program, folder of the generated system)"""
    folder = tmp_path_factory.mktemp("simulated")
    simulate.generate(SYSTEM, folder / "generate")
    sources = simulate.engine_sources(folder)
    return simulate.compile_bench(
        folder / "generate", sources, folder / "bench"
    ), folder / "generate"


def test_products_are_the_golden_models_bit_for_bit(built: tuple[Path, Path]) -> None:
    with simulate.board(*built, *RANDOM_START) as soc:
        soc.init_sdram()
        for case in check.cases(SYSTEM.rows, SYSTEM.cols):
            check.compare(soc, case)  # raises if a number differs


def test_a_wrong_number_is_noticed(
    built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = golden.matmul

    def off_by_one(*args: object, **kwargs: object) -> object:
        d = right(*args, **kwargs).copy()  # type: ignore[arg-type]
        d[-1, -1] ^= 1
        return d

    monkeypatch.setattr(golden, "matmul", off_by_one)
    with (
        pytest.raises(ToolError, match="1 of 117 numbers differ"),
        simulate.board(*built) as soc,
    ):
        soc.init_sdram()
        check.compare(soc, check.Case(9, 13, 20, True, False))


def test_the_same_run_takes_the_same_cycles_on_every_start(built: tuple[Path, Path]) -> None:
    cycles = []
    for seed in (1, 2):
        with simulate.board(*built, "+verilator+rand+reset+2", f"+verilator+seed+{seed}") as soc:
            soc.init_sdram()
            cycles.append(measure(soc, (8, 16, 64), b_is_nk=True).cycles)
    assert cycles[0] == cycles[1]


def test_operands_outside_the_memory_end_in_an_error_and_the_engine_works_on(
    built: tuple[Path, Path],
) -> None:
    a = np.eye(4, 8, dtype=np.int8)
    with simulate.board(*built) as soc:
        soc.init_sdram()
        buffers = layout({"a": (4, 8), "b": (4, 8), "d": (4, 4)}, raw=True)
        driver = KernelDriver(soc, signature())
        set_arguments(soc, driver, buffers, (4, 4, 8), b_is_nk=True, raw=True)
        driver.write("a", soc.map.memory_base + soc.map.memory_size)  # just behind the SDRAM
        driver.run(100_000)
        assert driver.faults() == ("read_error",)
        set_arguments(soc, driver, buffers, (4, 4, 8), b_is_nk=True, raw=True)
        driver.write("d", soc.map.memory_base | 1 << 40)  # the SDRAM, were the address cut short
        driver.run(100_000)
        assert driver.faults() == ("write_error",)
        product = matmul(soc, a, a, b_is_nk=True, raw=True)
        assert np.array_equal(product.d, np.eye(4, dtype=np.int32))


def test_a_refused_product_is_an_error_that_names_it(built: tuple[Path, Path]) -> None:
    k = 6400  # a panel of 4 rows takes 25 KiB; there are 16
    with (
        pytest.raises(ToolError, match=r"bad_argument[\s\S]*M, N, K = 1, 1, 6400"),
        simulate.board(*built) as soc,
    ):
        soc.init_sdram()
        matmul(soc, np.ones((1, k), np.int8), np.ones((1, k), np.int8), b_is_nk=True, raw=True)
    # the simulation itself ended well: its failure would be in the message


def test_the_deployed_driver_gives_the_golden_models_products(built: tuple[Path, Path]) -> None:
    with simulate.board(*built, *RANDOM_START) as soc:
        soc.init_sdram()
        engine = deployed(soc)
        for case in check.cases(SYSTEM.rows, SYSTEM.cols):
            operands = check.arrays(case)
            flags = case.b_is_nk | case.raw << 1
            unread = dict.fromkeys({"bias", "mult", "shift"} - operands.keys())
            found = engine(**operands, **unread, flags=flags)
            expected = golden.matmul(**operands, b_is_nk=case.b_is_nk, raw=case.raw)
            assert found.dtype == expected.dtype and np.array_equal(found, expected), case


def test_the_deployed_driver_keeps_weights_on_the_board_and_tells_of_what_the_engine_refuses(
    built: tuple[Path, Path],
) -> None:
    random = np.random.default_rng(5)
    a, b = (random.integers(-128, 128, shape, np.int8) for shape in ((5, 24), (9, 24)))
    unread = dict.fromkeys(("bias", "mult", "shift"))
    with simulate.board(*built, *RANDOM_START) as soc:
        soc.init_sdram()
        engine = deployed(soc)
        weights = engine.put("b", b, flags=3)
        for part in (a, a[:2], a[::-1]):
            found = engine(a=part, b=weights, **unread, flags=3)
            assert np.array_equal(found, golden.matmul(part, b, b_is_nk=True, raw=True))
        with pytest.raises(KernelError, match="matmul: the run ended with bad_argument"):
            engine(a=a, b=weights, **unread, flags=3, lda=4)
