"""The example of ip/README.md: weights of one's own, quantised, through the C++ of the kernel."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from bitwright.golden import network
from bitwright.hls import csim, simulate

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ip" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """The folder that the example ran in, below it `own`, and the names that it left."""
    folder = tmp_path_factory.mktemp("example")
    for name in ("ip", "configs", "cores", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    (block,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        exec(compile(block, "ip/README.md", "exec"), names)
    finally:
        os.chdir(before)
    return folder, names


def test_the_kernel_gives_golden_s_answer_to_them(example):
    folder, names = example
    own = folder / "own"
    csim.render(names["job"], own)
    shared = [f"../ip/{name}" for name in ("ffn", *simulate.SHARED)]
    for source in ("ffn", "ffn_tb"):
        command = csim.compiler(f"{source}.cpp", [".", *shared], csim.TB)
        subprocess.run(command, cwd=own, check=True)
    subprocess.run(csim.linker(["ffn.o", "ffn_tb.o"], csim.TB), cwd=own, check=True)
    done = subprocess.run(["./csim"], cwd=own, stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "own: y: 1024 elements equal" in done.stdout) == (0, True), done.stdout


def test_they_are_close_to_the_network_in_real_values(example):
    _, names = example
    real = network.ffn(names["tokens"], names["block"])
    error = np.mean((names["y"] - real) ** 2)
    assert 10 * np.log10(np.mean(real**2) / error) > 13


def test_a_host_s_buffers_hold_every_operand_as_the_text_says(example):
    _, names = example
    job, weight = names["job"], names["q"].params.fc.weight
    read = {a.name for a in job.kernel.arguments if a.kind == "memory" and "read" in a.direction}
    assert names["buffers"].keys() == read
    first = names["buffers"]["fc_weight"][0]
    assert [first & 15, first >> 4] == [int(value) & 15 for value in weight[0, :2]]
    assert names["buffers"]["x"] == names["run"].x.tobytes()


def test_what_the_page_names_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    folders = [name for row in re.findall(r"^\| (`.*?) \|", TEXT, re.M) for name in row.split()]
    names = {*links, *(name.strip("`") for name in folders)}
    assert len(names) > 8
    assert [name for name in names if not (ROOT / "ip" / name).exists()] == []
