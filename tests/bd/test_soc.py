"""The generated system: the same bytes everywhere, every pin placed, a map without holes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BOARD = ROOT / "bd" / "ulx3s"


def generate(out: Path, *options: str, **environment: str) -> Path:
    subprocess.run(
        (sys.executable, "-s", str(BOARD / "soc.py"), *options, "--out", "."),
        cwd=out,
        env={**os.environ, **environment},
        check=True,
    )
    return out


@cache
def generated(folder: Path) -> Path:
    return generate(folder)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory.mktemp("system"))


@pytest.mark.parametrize("options", [(), ("--sim",), ("--sdram-rate", "1:1")])
def test_the_bytes_depend_on_the_options_alone(tmp_path: Path, options: tuple[str, ...]) -> None:
    folders = []
    for number, zone in enumerate(("UTC-11", "UTC+11")):  # another time of day, and often day
        folder = tmp_path / f"clone {number}" / "generate"
        folder.mkdir(parents=True)
        folders.append(generate(folder, *options, PYTHONHASHSEED=str(number), TZ=zone))
    first, second = ({f.name: f.read_bytes() for f in folder.iterdir()} for folder in folders)
    assert first == second
    assert len(first) == (3 if "--sim" in options else 4)
    for name, data in first.items():
        assert str(tmp_path).encode() not in data and str(ROOT).encode() not in data, name


def ports(verilog: str) -> dict[str, int]:
    """The top level's ports and their widths."""
    header = verilog[verilog.index("module ulx3s (") : verilog.index(");")]
    found = re.findall(r"(?:input|output|inout)\s+\w+\s*(?:\[(\d+):0\])?\s*(\w+)", header)
    return {name: int(high or 0) + 1 for high, name in found}


def test_every_port_has_its_pins_and_every_pin_one_port(system: Path) -> None:
    lpf = (system / "ulx3s.lpf").read_text()
    placed = dict(re.findall(r'LOCATE COMP "([^"]+)" SITE "([A-Z]\d+)";', lpf))
    expected = {
        name if width == 1 else f"{name}[{bit}]"
        for name, width in ports((system / "ulx3s.v").read_text()).items()
        for bit in range(width)
    }
    assert set(placed) == expected
    assert len(set(placed.values())) == len(placed)
    assert placed["clk_25mhz"] == "G2"
    assert placed["ftdi_rxd"] == "L4" and placed["ftdi_txd"] == "M1"  # named from the FTDI's side
    assert set(re.findall(r'IOBUF PORT "([^"]+)" IO_TYPE=LVCMOS33', lpf)) == expected
    assert 'FREQUENCY PORT "clk_25mhz" 25 MHZ;' in lpf


def test_no_two_registers_share_an_address(system: Path) -> None:
    soc = json.loads((system / "soc.json").read_text())
    addresses = [entry["address"] for entry in soc["registers"].values()]
    assert len(set(addresses)) == len(addresses)
    assert soc["memory"] == {"base": 0x4000_0000, "size": 32 << 20}
    regions = [(r["base"], r["base"] + r["size"]) for r in (soc["memory"], soc["matmul"])]
    assert not any(low <= address < high for address in addresses for low, high in regions)


def test_the_initialisation_is_the_one_of_the_data_sheets(system: Path) -> None:
    steps = json.loads((system / "sdram_init.json").read_text())
    names = {0x0B: "precharge", 0x0D: "refresh", 0x0F: "mode", 0: "wait"}
    order = [names[step["command"]] for step in steps]
    assert order == ["wait", "precharge", "mode", "precharge", "refresh", "refresh", "mode"]
    assert steps[0]["control"] & 2 and steps[0]["delay_cycles"] >= 100 * 50  # CKE, 100 us at 50 MHz
    assert all(step["address"] == 1 << 10 for step in steps if step["command"] == 0x0B)  # all banks
    assert steps[-1]["address"] == 0x21  # CAS latency 2, bursts of 2


def test_systems_of_other_sizes_have_other_identities(tmp_path: Path, system: Path) -> None:
    small = generate(tmp_path, "--rows", "4", "--cols", "4")
    identities = {json.loads((s / "soc.json").read_text())["identity"] for s in (small, system)}
    assert len(identities) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--clock-mhz", "54"), "clock_mhz 54: the PLL cannot make it.*next      5[345]"),
        (("--clock-mhz", "55", "--sdram-rate", "1:2"), "SDRAM would run above 100"),
        (("--baud", "20000000"), "expected  9600 to 12500000"),
    ],
)
def test_what_the_board_cannot_do_is_refused_with_what_it_can(
    tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    command = (sys.executable, "-s", str(BOARD / "soc.py"), *options, "--out", str(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.search(message, done.stderr, re.DOTALL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("clock", "sdram"), [("40", 80), ("50", 100), ("55", 55), ("62.5", 62.5), ("75", 75)]
)
def test_the_sdram_runs_twice_as_fast_where_it_can(
    tmp_path: Path, clock: str, sdram: float
) -> None:
    generate(tmp_path, "--clock-mhz", clock)
    verilog = (tmp_path / "ulx3s.v").read_text()
    assert f'FREQUENCY_PIN_CLKOP = "{float(clock)}"' in verilog
    assert f'FREQUENCY_PIN_CLKOS = "{float(sdram)}"' in verilog


@pytest.mark.parametrize(("sim", "top"), [(False, "ulx3s"), (True, "ulx3s_sim")])
def test_the_fusesoc_generator_gives_a_core_of_existing_files(
    tmp_path: Path, sim: bool, top: str
) -> None:
    asked = {
        "vlnv": "bitwright:system:ulx3s-board:1.0.0",
        "files_root": str(BOARD),
        "parameters": {"rows": 4, "cols": 4, "clock_mhz": 40, "sim": sim},
    }
    (tmp_path / "input.yml").write_text(yaml.safe_dump(asked))
    subprocess.run(
        (sys.executable, "-s", str(BOARD / "generate.py"), "input.yml"), cwd=tmp_path, check=True
    )
    text = (tmp_path / "system.core").read_text()
    assert text.startswith("CAPI=2:\n")
    core = yaml.safe_load(text.removeprefix("CAPI=2:\n"))
    files = [next(iter(entry)) for entry in core["filesets"]["system"]["files"]]
    assert all((tmp_path / name).is_file() for name in files)
    assert f"module {top} (" in (tmp_path / f"{top}.v").read_text()
    soc = json.loads((tmp_path / "soc.json").read_text())
    assert (soc["rows"], soc["clock_mhz"]) == (4, 40.0)
