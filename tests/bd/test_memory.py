"""The way to the SDRAM, in the simulated system: for the host, and for the engine's AXI master.

A stand-in for the engine (rtl/matmul.sv) sends random bursts and compares; the real one is tested
in tests/host.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.host import simulate
from bitwright.host.soc import HARDWARE_CONTROL, Soc

STAND_IN = Path(__file__).parent / "rtl" / "matmul.sv"
WINDOW = 0x0030_0000  # where the stand-in works; the memory check leaves it alone


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board")
    simulate.generate(simulate.System(), folder)
    return folder


@pytest.fixture(scope="session")
def bench(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate.compile_bench(generated, [STAND_IN], tmp_path_factory.mktemp("bench"))


def traffic(soc: Soc, rounds: int) -> tuple[int, int]:
    """Let the stand-in run; (mismatches, beats)."""
    control, window = soc.map.control_base, soc.map.memory_base + WINDOW
    for offset, value in ((0x10, window), (0x14, 0), (0x58, rounds), (0x00, 1)):
        soc.bridge.write_word(control + offset, value)
    for _ in range(20 * rounds):
        if soc.bridge.read_word(control) & 2:
            break
    else:
        raise AssertionError("the traffic does not end")
    return soc.bridge.read_word(control + 0x800), soc.bridge.read_word(control + 0x808)


def test_random_bursts_of_the_engine_find_what_they_wrote_and_are_refused_outside(
    bench: Path, generated: Path
) -> None:
    with simulate.board(bench, generated) as soc:
        soc.init_sdram()
        mismatches, beats = traffic(soc, rounds=300)
        assert mismatches == 0
        assert beats > 50_000
        assert soc.read_register("ctrl_bus_errors") == 0


def test_the_host_reads_back_what_it_wrote_anywhere(bench: Path, generated: Path) -> None:
    with simulate.board(bench, generated) as soc:
        soc.init_sdram()
        end = soc.map.memory_size
        data = bytes((7 * i + i // 251) & 255 for i in range(2048))
        for offset in (0, 1020, 4096 - 4, end - len(data)):  # within, across rows and banks, last
            soc.write(offset, data)
            assert soc.read(offset, len(data)) == data
        assert soc.read(end - 4, 4) == data[-4:]
        for offset in (-4, end - 4):
            with pytest.raises(ToolError, match="not in the board's memory"):
                soc.read(offset, 8)


def test_initialising_again_is_left_out_and_keeps_what_the_memory_holds(
    bench: Path, generated: Path
) -> None:
    with simulate.board(bench, generated) as soc:
        soc.init_sdram()
        soc.write(64, b"keep")
        soc.init_sdram()
        assert soc.read(64, 4) == b"keep"
        soc.init_sdram(again=True)
        assert soc.read_register("sdram_dfii_control") == HARDWARE_CONTROL


def test_the_simulation_fails_on_a_command_before_initialisation(
    bench: Path, generated: Path
) -> None:
    with (
        pytest.raises(ToolError, match=r"sdram_init_checker.*after \d+ cycles of CKE"),
        simulate.board(bench, generated) as soc,
    ):
        soc.write_register("sdram_dfii_control", HARDWARE_CONTROL)
        soc.read(0, 4)
        soc.read(0, 4)


@pytest.mark.parametrize(
    ("left_out", "complaint"),
    [
        ((0x0B,), "before PRECHARGE ALL"),
        ((0x0D,), "before the SDRAM is initialised"),
        ((0x0F,), "before the SDRAM is initialised"),
    ],
    ids=["precharge", "refresh", "mode"],
)
def test_the_simulation_fails_when_a_step_of_the_initialisation_is_left_out(
    bench: Path, generated: Path, left_out: tuple[int, ...], complaint: str
) -> None:
    with (
        pytest.raises(ToolError, match=complaint),
        simulate.board(bench, generated) as soc,
    ):
        steps = tuple(step for step in soc.map.init if step.command not in left_out)
        soc.map = dataclasses.replace(soc.map, init=steps)
        soc.init_sdram()


def test_a_map_of_another_system_is_refused(bench: Path, generated: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(generated, other)
    soc = json.loads((other / "soc.json").read_text())
    (other / "soc.json").write_text(json.dumps(soc | {"identity": soc["identity"] ^ 1}))
    with (
        pytest.raises(ToolError, match="another system than the map describes"),
        simulate.board(bench, other),
    ):
        pass


@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": 2}', "[1]"])
def test_a_map_that_is_none_is_refused(
    generated: Path, tmp_path: Path, content: str | None
) -> None:
    (tmp_path / "sdram_init.json").write_bytes((generated / "sdram_init.json").read_bytes())
    if content is not None:
        (tmp_path / "soc.json").write_text(content)
    with pytest.raises(ToolError, match=r"next      ./doit bitstream"):
        Soc.open("tcp:127.0.0.1:1", tmp_path)
