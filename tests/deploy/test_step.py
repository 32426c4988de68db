"""The step `deploy`: what is in the folder, for every target, and that the folder checks itself."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bitwright import design
from bitwright.deploy import accelerator, collect
from bitwright.deploy.kria import bit_bin
from bitwright.design import Design
from bitwright.engine import Step
from bitwright.errors import ReportError
from bitwright.hls import csim
from bitwright.reports import amd_bit
from bitwright.steps import deploy

from tests.deploy import card as stand
from tests.deploy.test_boards import program

ROOT = stand.ROOT
HOSTS = {"pynq-z2": "pynq", "zcu104": "pynq", "kv260": "pynq", "u280": "xdma", "u280-xrt": "xrt"}
DRIVER = {f"accelerator/{path.name}" for path in Path(accelerator.__file__).parent.glob("*.py")}
COMMON = {"README.md", "accelerator.json", "files.sha256", *DRIVER} | {
    f"vectors/{name}.npz" for name in ("matmul", "mhsa", "ffn")
}


def a_bit(words: list[int]) -> bytes:
    """A .bit with these words as its payload."""
    fields = (b"a", b"top;UserID=0X01234567\0"), (b"b", b"xck26\0"), (b"c", amd_bit.DATE)
    head = b"".join(key + struct.pack(">H", len(text)) + text for key, text in fields)
    head += b"d" + struct.pack(">H", len(amd_bit.TIME)) + amd_bit.TIME
    payload = struct.pack(f">{len(words)}I", *words)
    return amd_bit.MAGIC + head + b"e" + struct.pack(">I", len(payload)) + payload


BIT = a_bit([0xFFFFFFFF, 0xAA995566, 0x20000000, 0x30008001, 0x0000000D])


@cache
def planned(target: str) -> tuple[Design, Step]:
    found = design.load("tiny", target=target, root=ROOT)
    kinds = ("xclbin",) if target.endswith("-xrt") else ("bit", "hwh", "xsa")
    folder = found.build / "bitstream"
    files = tuple(folder / f"tiny.{kind}" for kind in kinds)
    made = Step(name="bitstream", dir=folder, reads=(), writes=files, command=("true",))
    return found, deploy.step(found, made, [])


def deployed(target: str, root: Path) -> Path:
    """Run the step beside a bitstream of our own making."""
    _, step = planned(target)
    folder = root / "deploy"
    folder.mkdir(parents=True)
    (root / "bitstream").mkdir()
    for kind, content in (("bit", BIT), ("hwh", b"<EDKSYSTEM/>"), ("xclbin", b"xclbin2")):
        (root / "bitstream" / f"tiny.{kind}").write_bytes(content)
    for name, text in step.scripts:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    request = json.loads(dict(step.scripts)[collect.REQUEST])
    for each in request["vectors"]:  # this folder is not where the project's is
        each["signature"] = str(ROOT / re.sub(r"^(\.\./)+", "", each["signature"]))
    collect.collect(request, folder)
    return folder


@pytest.fixture(scope="module", params=HOSTS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return request.param, deployed(request.param, tmp_path_factory.mktemp("build"))


def test_the_folder_holds_what_the_board_needs_and_nothing_else(made: tuple[str, Path]) -> None:
    target, folder = made
    own = {
        "pynq": {"tiny.bit", "tiny.hwh"},
        "xdma": {"tiny.bit", "program.tcl"},
        "xrt": {"tiny.xclbin"},
    }[HOSTS[target]]
    if target == "kv260":
        own |= {f"firmware/{n}" for n in ("tiny.bit.bin", "tiny.dtbo", "tiny.dts", "shell.json")}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == COMMON | own | {collect.REQUEST}
    _, step = planned(target)
    assert {str(path.relative_to(step.dir)) for path in step.writes} == COMMON | own


def test_the_checksums_are_those_of_the_files(made: tuple[str, Path]) -> None:
    _, folder = made
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", collect.SUMS], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = (folder / collect.SUMS).read_text().splitlines()
    assert {line.split()[1] for line in lines} == {
        str(path.relative_to(planned(made[0])[1].dir)) for path in planned(made[0])[1].writes
    } - {collect.SUMS}


def test_its_readme_has_three_lines_to_run(made: tuple[str, Path]) -> None:
    target, folder = made
    text = (folder / "README.md").read_text()
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = block.splitlines()
    assert len(lines) == 3 and "python3 -m accelerator.check" in lines[-1]
    subprocess.run(["bash", "-n"], input=block.encode(), check=True)
    assert f"from accelerator import on_{HOSTS[target]}" in text
    assert "\n\n\n" not in text and str(ROOT) not in text


def test_the_same_build_is_deployed_as_the_same_bytes(tmp_path: Path) -> None:
    first, second = (deployed("kv260", tmp_path / name) / collect.SUMS for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def kernels(folder: Path, built: Path) -> dict[str, dict[str, Any]]:
    """The kernels of tiny for the card, compiled; bases as the folder has them."""
    found, _ = planned("pynq-z2")
    spec = json.loads((folder / "accelerator.json").read_text())["kernels"]
    bases = {name: each["base"] for name, each in spec.items()}
    if len(set(bases.values())) == 1:  # XRT knows them
        bases = {name: number << 16 for number, name in enumerate(spec)}
    said: dict[str, dict[str, Any]] = {"matmul": {"base": bases["matmul"]}}
    for each in found.hls:
        job = csim.Job(ROOT / "ip" / each.name, each.format, found.model, each.sizes)
        if not (built / each.name).exists():
            stand.library(job, built / each.name)
        place = str(built / each.name / f"{each.name}.so")
        said[each.name] = {
            "format": each.format, "library": place, "base": bases[each.name],
        }  # fmt: skip
    return said


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


def test_the_folder_checks_itself_on_the_board(made: tuple[str, Path], built: Path) -> None:
    target, folder = made
    arguments = ["-m", "accelerator.check"]
    if target == "u280":  # the driver's device files
        load = "import xdma_standin; from accelerator.check import main; raise SystemExit(main())"
        arguments = ["-c", load]
    memory = json.loads((folder / "accelerator.json").read_text())["memory"]
    at = memory["base"] if memory["size"] else stand.MEMORY
    done = program(folder, arguments, kernels(folder, built), at)
    assert done.returncode == 0, done.stderr
    rows = dict(line.split(": ") for line in done.stdout.splitlines())
    assert list(rows) == ["matmul", "mhsa", "ffn"]
    for text in rows.values():
        right, total = re.match(r"(\d+) of (\d+) numbers as golden has them$", text).groups()  # type: ignore[union-attr]
        assert right == total and int(total) > 100


def test_a_wrong_number_fails_the_check(tmp_path: Path, built: Path) -> None:
    import numpy as np

    folder = deployed("pynq-z2", tmp_path)
    case = dict(np.load(folder / "vectors/ffn.npz"))
    case["expected.y"][0, 0] ^= 1
    np.savez(folder / "vectors/ffn.npz", **case)  # type: ignore[arg-type]
    done = program(folder, ["-m", "accelerator.check"], kernels(folder, built))
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    right, total = map(int, re.findall(r"\d+", last))
    assert last.startswith("ffn: ") and right == total - 1


def test_the_firmware_of_a_kria_is_the_payload_with_the_bytes_of_each_word_swapped() -> None:
    found = bit_bin(BIT, origin=Path("x.bit"))
    assert found[:12] == bytes.fromhex("ffffffff 665599aa 00000020")
    assert len(found) == 20
    with pytest.raises(ReportError):
        bit_bin(b"no bitstream", origin=Path("x.bit"))


def test_the_step_reads_the_driver_and_what_makes_the_vectors() -> None:
    _, step = planned("u280")
    names = {os.path.normpath(path) for path in step.reads}
    for name in ("deploy/accelerator/kernel.py", "deploy/collect.py", "golden/linear.py"):
        assert f"flows/bitwright/{name}" in {n[n.find("flows/") :] for n in names}
    assert "build/tiny/u280/bitstream/tiny.bit" in names
    assert "build/tiny/u280/bitstream/tiny.xsa" not in names
