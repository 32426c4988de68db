"""The cores of ip/: complete, planned without running anything, simulated by `fusesoc run`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bitwright.cores import Cores, code

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ("ffn", "mhsa")


@pytest.mark.parametrize("folder", ["common", "ffn", "mhsa", "open"])
def test_a_core_names_every_header_of_its_folder(folder: str):
    core = yaml.safe_load((ROOT / "ip" / folder / f"{folder}.core").read_text("utf-8"))
    entries = [entry for each in core["filesets"].values() for entry in each.get("files", [])]
    named = {entry if isinstance(entry, str) else next(iter(entry)) for entry in entries}
    here = [path for path in (ROOT / "ip" / folder).rglob("*") if path.suffix in (".h", ".hpp")]
    found = {str(path.relative_to(ROOT / "ip" / folder)) for path in here}
    assert found and found <= named
    assert all((ROOT / "ip" / folder / name).is_file() for name in named)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("vectors", [True, False])
def test_the_generator_writes_what_planning_says(
    kernel: str, vectors: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    found = Cores().elaborate(
        f"bitwright:hls:{kernel}", "hls", work_root=tmp_path / "flow", name=kernel,
        values={"vectors": vectors},
    )  # fmt: skip
    assert not (tmp_path / "flow").exists()
    (made,) = found.generations
    call = {**made.request, "files_root": str(ROOT / made.root)}
    (tmp_path / "call.yml").write_text(json.dumps(call), encoding="utf-8")
    command = [sys.executable, "-s", str(ROOT / made.script), "../call.yml"]
    (tmp_path / "made").mkdir()
    subprocess.run(command, cwd=tmp_path / "made", check=True)
    written = {path.name for path in (tmp_path / "made").iterdir()}
    assert written == {file["name"] for file in made.files} | {f"{kernel}-top.core"}
    assert (f"{kernel}_vectors.bin" in written) == vectors


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_sizes_of_a_design_reach_the_top_function(
    kernel: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    found = Cores().elaborate(
        f"bitwright:hls:{kernel}", "hls", work_root=tmp_path, name=kernel,
        values={"embed_dim": 1024, "format": "w4a8"},
    )  # fmt: skip
    assert found.generations[0].request["parameters"]["embed_dim"] == 1024
    assert found.generations[0].request["parameters"]["format"] == "w4a8"


def test_a_generator_reads_what_it_runs_of_the_package_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(ROOT)
    read = {str(path) for path in code([ROOT / "ip/common/top.py"])}
    ours = "flows/bitwright"
    assert {f"{ours}/hls/around.py", f"{ours}/hls/tb.cpp.j2", f"{ours}/golden/ffn.py"} <= read
    assert not [name for name in read if "/adopt/" in name or "/lint/" in name]
    bench = tmp_path / "bench.py"
    bench.write_text('COMMAND = ["python", "-m", "bitwright.reports", "-"]\n')
    assert Path(f"{ours}/reports/__main__.py") in code([bench])


def test_a_generator_refuses_a_size_that_is_missing(tmp_path: Path):
    call = {
        "gapi": "1.0",
        "vlnv": "bitwright:hls:ffn-top:1.0.0",
        "files_root": str(ROOT / "ip" / "ffn"),
        "parameters": {"kernel": "kernel.yml", "format": "int8", "seq_len": 16, "embed_dim": "x"},
    }
    (tmp_path / "call.yml").write_text(json.dumps(call), encoding="utf-8")
    command = [sys.executable, "-s", str(ROOT / "ip" / "common" / "top.py"), "call.yml"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "parameter embed_dim: expected a whole number from 1, found 'x'" in ran.stderr
    assert "parameter lanes: expected a whole number from 1, found None" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["call.yml"]


def test_fusesoc_simulates_an_hls_core(fusesoc, tmp_path: Path):
    ran = fusesoc(tmp_path, "sim", "bitwright:hls:ffn")
    assert ran.status == 0, ran.text[-8000:]
    assert "ffn_vectors: 0 of 8 cases failed" in ran.text
