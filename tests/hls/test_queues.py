"""Queues between a kernel's processes are deep enough: run at once, none waits for ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bitwright.hls import csim
from bitwright.hls.csim import Job

from tests.hls import concurrent

ROOT = Path(__file__).parents[2]
OPTIONS = ("-O0", "-pthread")
MODEL, SIZES = csim.SMALL["several_tiles"]


def job(kernel: str, form: str) -> Job:
    needed = ("token_tile", "lanes", *(["context"] if kernel == "mhsa" else []))
    return Job(ROOT / "ip" / kernel, form, MODEL, tuple((name, SIZES[name]) for name in needed))


def build(one: Job, folder: Path, shallow: str = "") -> None:
    """shallow: a queue for a row of scores, to be one place less deep than its pragma says."""
    csim.render(one, folder)
    csim.make_vectors(one, folder)
    (folder / "bitwright").mkdir()
    headers = ROOT / "ip/common/include/bitwright"
    concurrent.rewrite(headers.glob("*.hpp"), folder / "bitwright")
    concurrent.rewrite(one.folder.glob("*.hpp"), folder)
    name = one.folder.name
    if shallow:
        text, deep = (folder / "mhsa.hpp").read_text(), f"{shallow}.depth(C::context)"
        assert text.count(deep) == 1
        (folder / "mhsa.hpp").write_text(text.replace(deep, f"{shallow}.depth(C::context - 1)"))
    includes = ("tests/hls/probes/concurrent", "ip/open/include", "ip/common/tb")
    paths = [str(folder), *(str(ROOT / path) for path in includes)]
    for command in (
        csim.compiler(f"{name}.cpp", paths, OPTIONS),
        csim.compiler(f"{name}_tb.cpp", paths, OPTIONS),
        csim.linker([f"{name}.o", f"{name}_tb.o"], OPTIONS),
    ):
        subprocess.run(command, cwd=folder, check=True)


@pytest.mark.parametrize("form", ["int8", "fp16"])
@pytest.mark.parametrize("kernel", ["ffn", "mhsa"])
def test_processes_that_run_at_once_end_with_golden_results(tmp_path, kernel, form):
    one = job(kernel, form)
    build(one, tmp_path)
    result = csim.run(one, tmp_path)
    assert result.passed
    assert result.cases > 7


@pytest.mark.parametrize("queue", ["rows", "exponentials"])
def test_a_queue_one_place_too_short_for_a_row_is_a_deadlock(tmp_path, capfd, queue):
    one = job("mhsa", "int8")
    build(one, tmp_path, queue)
    assert not csim.run(one, tmp_path).passed
    assert "deadlock: '" in capfd.readouterr().out
