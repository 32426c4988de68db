"""Queues between the processes of mhsa are deep enough: run at once, none waits for ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from bitwright.golden.attention import mhsa
from bitwright.hls import csim

from tests.hls import concurrent
from tests.hls import mhsa_calls as calls
from tests.hls.mhsa_calls import LARGE, ROOT, SMALL, Program

PROBES = ROOT / "tests/hls/probes"
OPTIONS = ("-O0", "-pthread")


def build(form: str, folder: Path, shallow: str = "") -> Program:
    """shallow: a queue to be made one place less deep than its pragma says."""
    (folder / "bitwright").mkdir()
    headers = ROOT / "ip/common/include/bitwright"
    concurrent.rewrite(headers.glob("*.hpp"), folder / "bitwright")
    concurrent.rewrite((ROOT / "ip/mhsa").glob("*.hpp"), folder)
    if shallow:
        top = folder / "mhsa.hpp"
        text, deep = top.read_text(), f"{shallow}.depth(C::context)"
        assert text.count(deep) == 1
        top.write_text(text.replace(deep, f"{shallow}.depth(C::context - 1)"))
    includes = (PROBES / "concurrent", folder, ROOT / "ip/open/include")
    options = (*OPTIONS, f"-DFORMAT={form}")
    for command in (
        csim.compiler(str(PROBES / "mhsa.cpp"), map(str, includes), options),
        csim.linker(["mhsa.o"], OPTIONS),
    ):
        subprocess.run(command, cwd=folder, check=True)
    return Program(form, folder / csim.PROGRAM, "", calls.names(form))


@pytest.fixture(scope="module", params=["int8", "fp16"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Program:
    return build(request.param, tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small", "large"])
def test_processes_that_run_at_once_end_and_agree(program, sizes):
    form = program.format
    rng = np.random.default_rng(21)
    p = calls.parameters(form, sizes, rng)
    for tokens, position in ((sizes.seq_len, sizes.context - sizes.seq_len), (5, 3), (1, 0)):
        for causal in (True, False):
            call = calls.call(form, sizes, rng, tokens=tokens, position=position, causal=causal)
            answer = program(sizes, p, call)
            assert answer.status == 0
            if form == "int8":
                caches = {"key_cache": call.key_cache, "value_cache": call.value_cache}
                y, _, _ = mhsa(call.x, p, causal=causal, position=position, **caches)
                np.testing.assert_array_equal(answer.y[:tokens], y)


@pytest.mark.parametrize("queue", ["rows", "exponentials"])
def test_a_queue_one_place_too_short_for_a_row_is_a_deadlock(tmp_path, queue):
    program = build("int8", tmp_path, queue)
    rng = np.random.default_rng(22)
    p = calls.parameters("int8", SMALL, rng)
    whole = calls.call("int8", SMALL, rng, tokens=1, position=SMALL.context - 1, causal=True)
    with pytest.raises(AssertionError, match="deadlock: "):
        program(SMALL, p, whole)
