"""Queues between a kernel's processes are deep enough: run at once, none waits for ever."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
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


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], tuple[Job, Path]]:
    """build(kernel, form): its folder, compiled once."""

    @cache
    def build(kernel: str, form: str) -> tuple[Job, Path]:
        one, folder = job(kernel, form), tmp_path_factory.mktemp(f"{kernel}-{form}")
        csim.render(one, folder)
        csim.make_vectors(one, folder)
        (folder / "bitwright").mkdir()
        headers = ROOT / "ip/common/include/bitwright"
        concurrent.rewrite(headers.glob("*.hpp"), folder / "bitwright")
        concurrent.rewrite(one.folder.glob("*.hpp"), folder)
        includes = ("tests/hls/probes/concurrent", "ip/open/include", "ip/common/tb")
        paths = [str(folder), *(str(ROOT / path) for path in includes)]
        for command in (
            csim.compiler(f"{kernel}.cpp", paths, OPTIONS),
            csim.compiler(f"{kernel}_tb.cpp", paths, OPTIONS),
            csim.linker([f"{kernel}.o", f"{kernel}_tb.o"], OPTIONS),
        ):
            subprocess.run(command, cwd=folder, check=True)
        return one, folder

    return build


@pytest.mark.parametrize("form", ["int8", "fp16"])
@pytest.mark.parametrize("kernel", ["ffn", "mhsa"])
def test_processes_that_run_at_once_end_with_golden_results(build, kernel, form):
    result = csim.run(*build(kernel, form))
    assert result.passed
    assert result.cases > 7


@pytest.mark.parametrize("queue", ["mhsa.rows", "mhsa.exponentials"])
def test_a_queue_one_place_too_short_for_a_row_is_a_deadlock(build, monkeypatch, capfd, queue):
    monkeypatch.setenv("SHALLOW", queue)
    assert not csim.run(*build("mhsa", "int8")).passed
    assert "deadlock: '" in capfd.readouterr().out
