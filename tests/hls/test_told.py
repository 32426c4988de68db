"""What csim and hls say of their steps, targets and formats, with quick C simulations."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front.toy import DODO, ROOT, Toy


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    """The project's configs and kernels, its front and engine; quick/toy_plan.py has the plans."""
    root = tmp_path / "toy"
    for name in ("configs", "ip"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "dodo.py").write_text(DODO.format(dodo=str(ROOT / "dodo.py")))
    yield Toy(root, plans=Path(__file__).parent / "quick")


def test_plan_shows_the_steps_of_csim_and_of_hls(toy: Toy) -> None:
    csim = toy.doit("plan", "csim", "config=tiny", "format=w4a8").stdout.splitlines()
    assert [line.split()[1] for line in csim[1:]] == ["csim-mhsa-w4a8", "csim-ffn-w4a8"]
    hls = toy.doit("plan", "hls", "config=tiny", "stages=csynth").stdout
    assert "  → project-ffn " in hls
    assert not list(toy.root.glob("build/tiny/*/*/*/record.json"))


@pytest.mark.parametrize("step", ["csim-ffn-fp16", "generate-ffn", "project-ffn"])
def test_why_finds_the_steps_of_csim_and_of_hls(step: str, toy: Toy) -> None:
    done = toy.doit("why", step, "config=tiny")
    assert done.returncode == 0, done.stderr
    assert f"\n{step}: " in done.stdout


def test_why_says_that_a_run_has_no_step_without_a_tool(toy: Toy) -> None:
    python = toy.environment()["PATH"].partition(":")[0]
    done = toy.doit("why", "hls-ffn", "config=tiny", PATH=f"{python}:/usr/bin:/bin")
    assert done.returncode == 2
    assert "no step 'hls-ffn': no HLS tool is on PATH that could run it" in done.stderr
    done = toy.doit("why", "hls-fnn", "config=tiny", PATH=f"{python}:/usr/bin:/bin")
    assert "no step 'hls-fnn' (steps: csim-mhsa-int8, " in done.stderr


def test_csim_says_that_it_is_the_same_for_every_target(toy: Toy) -> None:
    first, *_ = toy.doit("csim", "config=tiny", "format=int8").stdout.splitlines()
    assert first == ("tiny in C++: the same for every target; kept in build/tiny/ulx3s-85f/csim")


def test_hls_names_the_limits_and_the_depths_that_nobody_judged(toy: Toy) -> None:
    config = toy.root / "configs" / "tiny.yml"
    text = config.read_text()
    limit = 'limits:\n  hls.ffn.dsp: "<= 10"\n  hls.mhsa.interval_cycles: "<= 10"\n#'
    config.write_text(text.replace("limits:  ", limit, 1))
    python = toy.environment()["PATH"].partition(":")[0]
    done = toy.doit("hls", "config=tiny", PATH=f"{python}:/usr/bin:/bin")
    assert done.returncode == 4, done.stderr
    lines = done.stdout.splitlines()
    (start,) = (at for at, line in enumerate(lines) if line.startswith("not checked  "))
    assert lines[start + 1 : start + 3] == [
        "             whether the streams are deep enough in hardware: a deadlock shows in cosim",
        "             limits: hls.mhsa.interval_cycles, hls.ffn.dsp",
    ]


def test_csim_names_the_formats_that_the_sizes_do_not_fit(toy: Toy) -> None:
    config = toy.root / "configs" / "tiny.yml"
    text = (
        config.read_text().replace("embed_dim: 64", "embed_dim: 96").replace("heads: 4", "heads: 3")
    )
    config.write_text(text)
    last = toy.doit("csim", "config=tiny").stdout.splitlines()[-1]
    needs = "embed_dim and ff_dim that are multiples of 64"
    assert last == f"not simulated: mhsa and ffn in w4a8, which needs {needs}"
    asked = toy.doit("csim", "config=tiny", "format=int8").stdout
    assert "not simulated" not in asked


def test_hls_says_where_the_number_format_stands(toy: Toy) -> None:
    done = toy.doit("hls", "config=tiny", "format=w4a8")
    assert done.returncode == 2
    assert "hls takes no 'format'; each kernel in the config has its format:" in done.stderr
