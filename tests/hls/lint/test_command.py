"""`python -m bitwright.hls lint` and the step of `doit lint`."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from bitwright import design, plan
from bitwright.engine import Tool
from bitwright.hls.__main__ import main
from bitwright.hls.lint.rules import RULES
from bitwright.steps import hlslint

ROOT = Path(__file__).resolve().parents[3]
CLEAN = '#include "rows.hpp"\nvoid f(int a[ROWS]) {\n#pragma HLS inline\na[0] = 1;\n}\n'


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(["lint", *argv])
    told = capsys.readouterr()
    return status, told.out, told.err


def test_files_with_what_they_include_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.cpp").write_text(CLEAN, encoding="utf-8")
    Path("rows.hpp").write_text("#define ROWS 6\n", encoding="utf-8")
    verdict = "lint: 2 files, 1 function, 1 pragma: no errors, no warnings\n"
    assert run(capsys, "f.cpp") == (0, verdict, "")
    partition = "array_partition variable=a cyclic factor=4"
    Path("f.cpp").write_text(CLEAN.replace("inline", partition), encoding="utf-8")
    status, out, _ = run(capsys, "f.cpp")
    remedy = "3 does, or pad it to 8"
    assert (status, out.splitlines()[0]) == (
        0,  # a warning
        "f.cpp:3: warning factor: array_partition: factor=4 does not divide the 6 of a,"
        f" dimension 1; {remedy}",
    )
    Path("rows.hpp").write_text("#pragma HLS pipelin\n", encoding="utf-8")
    status, out, _ = run(capsys, "f.cpp")
    assert status == 1 and out.startswith("rows.hpp:1: error unknown-pragma:")


def test_an_include_is_looked_for_where_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.cpp").write_text(CLEAN, encoding="utf-8")
    Path("there").mkdir()
    Path("there/rows.hpp").write_text('#include "../f.cpp"\n', encoding="utf-8")  # in a circle
    assert run(capsys, "f.cpp")[1].startswith("lint: 1 file,")
    assert run(capsys, "-I", "there", "f.cpp")[1].startswith("lint: 2 files,")


def test_what_cannot_be_read_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.cpp").write_bytes(b"void f() {}\n\xff")
    Path("g.cpp").write_text("void g() {}", encoding="utf-8")
    assert run(capsys, "f.cpp")[::2] == (
        1,
        "f.cpp:2: byte 0xff is not UTF-8\n  expected  C++ source in UTF-8\n",
    )
    status, out, err = run(capsys, "missing.cpp")
    assert (status, out) == (1, "") and err.startswith("missing.cpp: cannot be read")
    status, out, err = run(capsys, "--top", "gg", "g.cpp")
    assert (status, out) == (1, "") and "no function 'gg'" in err and "'g'" in err
    assert run(capsys)[0] == 2


def test_rules_are_printed_with_their_remedies(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--rules")
    assert status == 0
    assert all(f"{r.name} ({r.severity})\n  {r.wrong}\n  remedy: {r.remedy}" in out for r in RULES)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the step that checks tiny's ffn, in a clone of what it reads."""
    shutil.copytree(ROOT / "ip", tmp_path / "ip")
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    (tmp_path / "flows").symlink_to(ROOT / "flows")
    monkeypatch.chdir(tmp_path)
    found = design.load("tiny", target=None, options={}, root=tmp_path, missing=lambda _: ())
    step = hlslint.step(found, found.kernel("ffn"), ["fp16", "int8"], ())
    assert {Path("ip/ffn/ffn.hpp"), Path("ip/ffn/kernel.yml")} <= set(step.reads)
    assert Path("ip/common/include/bitwright/linear.hpp") in step.reads
    step.dir.mkdir(parents=True)
    for name, text in step.scripts:
        (step.dir / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(step.dir)
    return tmp_path / step.dir


def test_the_step_checks_a_kernel_in_its_formats(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hlslint.main([hlslint.CALL]) == 0
    out = capsys.readouterr().out
    assert "ffn in fp16: lint: 8 files" in out and "ffn in int8: lint: 8 files" in out
    passed = json.loads((folder / hlslint.PASSED).read_text(encoding="utf-8"))
    assert passed == {"core": "bitwright:hls:ffn", "target": "lint", "tests": None, "warnings": 0}


def test_an_error_in_a_header_is_told_once_and_ends_the_step(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = Path(os.path.normpath(folder / "../../../../../ip/ffn/ffn.hpp"))
    text = header.read_text(encoding="utf-8")
    wrong = text.replace("variable=results", "variable=result", 1)
    header.write_text(wrong, encoding="utf-8")
    assert hlslint.main([hlslint.CALL]) == 1
    line = text[: text.index("variable=results")].count("\n") + 1
    told = f"ip/ffn/ffn.hpp:{line}: error unknown-variable: stream: there is no variable 'result'"
    assert capsys.readouterr().out.count(told) == 1
    assert not (folder / hlslint.PASSED).exists()


def test_doit_lint_checks_the_kernels_of_a_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("configs", "cores", "bd", "ip", "flows"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    found = design.load("gpt2-medium", target=None, options={}, root=tmp_path)
    tools = {"tree-sitter": Tool("tree-sitter", "0.26.1", "")}
    steps = {step.name: step for step in plan.plan_lint(found, tools)}
    assert {"lint-matmul", "lint-mhsa", "lint-ffn"} <= set(steps)
    assert steps["lint-mhsa"].tools == tuple(tools.values())
    call = json.loads(dict(steps["lint-mhsa"].scripts)[hlslint.CALL])
    assert sorted(call["formats"]) == ["fp16", "int8", "w4a8"]
