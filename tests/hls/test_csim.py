"""C simulation for real: kernels that are right pass, one that is wrong fails and says where."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from bitwright import design, plan
from bitwright.errors import ConfigError, ToolError
from bitwright.front import csim as front
from bitwright.hls import csim, simulate
from bitwright.hls.csim import Job, Result
from bitwright.steps import csim as step

from tests.hls.test_top import MODEL, ROOT, SIZES

# The kernel itself, and then what FAULT says: as a kernel would be wrong, after a right run.
WRONG = """
#define ffn right_ffn
#include "right.hpp"
#undef ffn
#include <cstdlib>
#include <string>
namespace bitwright {
template <class C, class... More>
std::uint32_t ffn(const Beat* x, const Beat* b, const Beat* w, const Beat* c, const Beat* v,
                  Beat* y, More... more) {
  const std::uint32_t status = right_ffn<C>(x, b, w, c, v, y, more...);
  const std::string fault = std::getenv("FAULT") ? std::getenv("FAULT") : "";
  constexpr int beats = C::seq_len * C::embed_dim / 32;
  if (status == 0 && fault == "element") y[0].range(31, 24) = y[0].range(31, 24) ^ ap_uint<8>(1);
  if (status == 0 && fault == "after") y[beats].range(7, 0) = 0;
  if (status == 0 && fault == "before") y[-1].range(7, 0) = 0;
  if (status != 0 && fault == "refused") y[0].range(7, 0) = 0;
  if (fault == "read" && x[beats].range(7, 0) == 1) return 1;
  return fault == "status" ? 4 : fault == "taken" ? 0 : status;
}
}  // namespace bitwright
"""


@pytest.fixture(scope="session")
def ip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of ip/ whose ffn has faults to choose from."""
    copy = tmp_path_factory.mktemp("wrong") / "ip"
    shutil.copytree(ROOT / "ip", copy)
    (copy / "ffn" / "ffn.hpp").rename(copy / "ffn" / "right.hpp")
    (copy / "ffn" / "ffn.hpp").write_text(WRONG, encoding="utf-8")
    return copy


@pytest.fixture(scope="session")
def built(ip: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], tuple[Job, Path]]:
    """built(exact): the wrong ffn, compiled with sanitizers once, and vectors with or without
    guards."""
    job = csim.small(Job(ip / "ffn", "int8", MODEL, SIZES[:2]), "wide_tile")
    folder = tmp_path_factory.mktemp("built")
    includes = [".", str(ip / "ffn"), *(str(ip / name) for name in simulate.SHARED)]
    csim.render(job, folder)
    for source, options in (("ffn", csim.SANITIZED), ("ffn_tb", csim.TB)):
        command = csim.compiler(f"{source}.cpp", includes, options)
        subprocess.run(command, cwd=folder, check=True)
    subprocess.run(csim.linker(["ffn.o", "ffn_tb.o"], csim.SANITIZED), cwd=folder, check=True)

    def with_vectors(exact: bool) -> tuple[Job, Path]:
        csim.make_vectors(job, folder, exact=exact)
        for left in (*folder.glob("*_found.bin"), *folder.glob("*_expected.bin")):
            left.unlink()
        return job, folder

    return with_vectors


@pytest.fixture
def run(
    built: Callable[[bool], tuple[Job, Path]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., tuple[Result, str, list[str]]]:
    """run(fault, exact=): the result, what was said, and the files that were left."""

    def run(fault: str, exact: bool = True) -> tuple[Result, str, list[str]]:
        job, folder = built(exact)
        monkeypatch.setenv("FAULT", fault)
        capfd.readouterr()
        result = csim.run(job, folder)
        left = sorted(path.name for path in folder.glob("*_found.bin"))
        return result, capfd.readouterr().out, left

    return run


@pytest.mark.parametrize("exact", [True, False])
def test_a_kernel_without_a_fault_passes(run, exact: bool):
    result, said, left = run("", exact)
    assert result.passed, said
    assert result.cases == 8
    assert result.elements == (3 + 1 + 2 + 2) * 64
    assert left == []


def test_a_wrong_element_is_told_with_its_place_and_kept(run, built):
    result, said, left = run("element")
    assert not result.passed
    assert "Error: full: y[0, 3]: expected " in said
    assert "Error: full: y: 1 of 192 elements differ" in said
    assert "Error: refused" not in said
    assert left == [f"{case}_y_found.bin" for case in ("extremes", "full", "one_token")] + [
        "partial_tile_y_found.bin"
    ]
    folder = built(True)[1]
    run("element")
    found, wanted = ((folder / f"full_y_{end}.bin").read_bytes() for end in ("found", "expected"))
    assert [i for i in range(192) if found[i] != wanted[i]] == [3]
    assert len(found) == len(wanted) == 192


@pytest.mark.parametrize(("fault", "byte"), [("after", 192), ("before", -32)])
def test_a_write_beyond_a_buffer_is_told(run, fault: str, byte: int):
    result, said, left = run(fault, exact=False)
    assert not result.passed
    assert f"Error: full: y: byte {byte} of 192 was written: expected 165 as before" in said
    assert "full_y_found.bin" in left


def test_a_read_beyond_a_buffer_is_the_sanitizers(run):
    result, said, _ = run("read")
    assert not result.passed
    assert "heap-buffer-overflow" in said


def test_a_run_that_was_to_be_refused_but_wrote_is_told(run):
    result, said, _ = run("refused")
    assert not result.passed
    assert "Error: refused_no_tokens: y: byte 0 of 192 was written" in said
    assert "Error: full" not in said


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("status", "Error: full: status: expected 0, found 4"),
        ("taken", "Error: refused_ff_dim: status: expected 4, found 0"),
    ],
)
def test_a_wrong_status_is_told(run, fault: str, line: str):
    result, said, _ = run(fault)
    assert not result.passed
    assert line in said


def test_vectors_that_end_early_are_no_pass(run, built):
    job, folder = built(True)
    text = (folder / "ffn_vectors.txt").read_text("ascii")
    for cut in (
        "",
        "guard 0\n",
        text[: text.index("memory y")],
        text.replace("scalar tokens", "x"),
    ):
        (folder / "ffn_vectors.txt").write_text(cut, encoding="ascii")
        assert not csim.run(job, folder).passed


# ------------------------------------------------------------------------------- the step itself


def simulated(folder: Path, name: str, form: str) -> tuple[int, str]:
    sizes = dict(SIZES[: 3 if name == "mhsa" else 2])
    call = {"ip": str(ROOT / "ip"), "kernel": name, "format": form, "model": asdict(MODEL)}
    call["sizes"] = sizes
    (folder / "csim.json").write_text(json.dumps(call), encoding="utf-8")
    command = [sys.executable, "-m", "bitwright.hls.simulate", "csim.json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "flows")}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize(("name", "form"), [("ffn", "fp16"), ("mhsa", "w4a8")])
def test_a_kernel_equals_golden_and_no_sanitizer_says_a_word(name: str, form: str, tmp_path: Path):
    status, said = simulated(tmp_path, name, form)
    assert status == 0, said[-8000:]
    assert "warning" not in said
    passed = json.loads((tmp_path / "passed.json").read_text("utf-8"))
    assert passed["elements"] >= MODEL.seq_len * MODEL.embed_dim
    assert passed["sanitized"] == 2 * passed["cases"]
    assert (passed["error"] > 0) == (form == "fp16")
    assert 0 <= passed["error"] <= passed["bound"]


def test_a_kernel_that_does_not_compile_is_told_once_with_its_line_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    copy, folder = tmp_path / "ip", tmp_path / "build" / "tiny" / "csim"
    shutil.copytree(ROOT / "ip", copy)
    (copy / "ffn" / "ffn.hpp").write_text("#error no kernel here\n", encoding="utf-8")
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    job = Job(Path("../../../ip/ffn"), "int8", MODEL, SIZES[:2])
    shared = [Path("../../../ip", name) for name in ("ffn", *simulate.SHARED)]
    with pytest.raises(ToolError, match=r"g\+\+ ended with exit status 1") as caught:
        simulate._simulate(job, shared)
    said = str(caught.value) + capfd.readouterr().out
    assert said.count("ip/ffn/ffn.hpp:1:2: error: #error no kernel here") == 1
    assert "../" not in said


def test_what_a_wrong_kernel_left_is_moved_to_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    folder = tmp_path / "build" / "csim"
    (folder / "wide_tile").mkdir(parents=True)
    monkeypatch.chdir(folder)
    kept = {"full_y_found.bin", "full_y_expected.bin", "wide_tile/one_token_y_found.bin"}
    for name in kept:
        (folder / name).write_bytes(b"wrong")
    simulate._set_aside(Job(Path("../../ip/ffn"), "fp16", MODEL, SIZES[:2]))
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.bin")}
    assert found == {f"failed/{name}" for name in kept}
    said = capfd.readouterr().out
    assert "are in build/csim/failed\n" in said
    assert "Error: there" in said and "float16" in said
    assert "Error: and" in said and "float32" in said


def test_every_kernel_and_format_of_a_config_is_a_step(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    found = design.load("tiny", root=ROOT)
    steps = {each.name: each for each in plan._csim("", found, {})}
    assert sorted(steps) == [f"csim-{k}-{f}" for k in ("ffn", "mhsa") for f in
                             ("fp16", "int8", "w4a8")]  # fmt: skip
    reads = set(map(str, steps["csim-mhsa-int8"].reads))
    headers = [*ROOT.glob("ip/mhsa/*.hpp"), *ROOT.glob("ip/common/**/*.hpp")]
    assert {str(path.relative_to(ROOT)) for path in headers} <= reads
    assert {"ip/mhsa/kernel.yml", "flows/bitwright/golden/attention.py"} <= reads
    assert not {name for name in reads if name.startswith("ip/ffn")}
    assert [each.name for each in plan._csim("w4a8", found, {})] == [
        "csim-mhsa-w4a8",
        "csim-ffn-w4a8",
    ]


def test_formats_whose_beats_the_sizes_do_not_fill_are_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    found = design.load("tiny", root=ROOT)
    odd = replace(found, model=replace(found.model, embed_dim=96, heads=3))
    assert {each.name.rpartition("-")[2] for each in plan._csim("", odd, {})} == {"fp16", "int8"}
    with pytest.raises(ConfigError, match=r"multiples of 64\n.*embed_dim 96, ff_dim 256"):
        plan._csim("w4a8", odd, {})
    with pytest.raises(ConfigError, match="no kernel of this config is built with hls"):
        plan._csim("", replace(found, kernels=found.rtl), {})


def test_the_last_line_counts_what_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    steps = plan._csim("", design.load("tiny", root=ROOT), {})
    monkeypatch.chdir(tmp_path)
    assert step.summary(steps) == ""
    for each in steps:
        each.dir.mkdir(parents=True)
        _, name, form = each.name.split("-")
        near = (0.0012, 0.02) if form == "fp16" else (0.0, 0.0)
        left = simulate.Passed(name, form, 8, 1000, *near, 16)
        (each.dir / "passed.json").write_text(json.dumps(asdict(left)), encoding="utf-8")
    assert step.summary(steps) == (
        "csim: 2 kernels in 3 formats, 48 cases, 96 with sanitizers: all passed"
    )
    halves, *_ = front.rows(steps)
    assert (halves.name, halves.cells[2]) == ("mhsa fp16", "off by at most 0.0012, 0.02 allowed")
    assert [row.cells[2] for row in front.rows(steps)].count("equal, bit for bit") == 4
