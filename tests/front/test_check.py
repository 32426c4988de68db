"""`./doit check`: the block designs of a config, and how it ends."""

import subprocess
from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.front.check import targets

ROOT = Path(__file__).parents[2]


def doit(*words):
    return subprocess.run(
        [ROOT / "doit", "check", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_clean_design_is_one_line_and_status_0():
    done = doit("config=gpt2-medium", "target=pynq-z2")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith("✓ gpt2-medium on pynq-z2  ") and "addresses" in line


def test_without_target_every_target_with_a_block_design_is_checked():
    found = targets("gpt2-medium", {}, ROOT)
    assert found == ("u280", "zcu104", "kv260", "pynq-z2", "u280-xrt", "u55c-xrt")


def test_a_clock_beyond_a_limit_of_the_design_is_an_error_and_status_1():
    done = doit("config=gpt2-medium", "target=pynq-z2", "clock_mhz=400")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "[bad-value]" in done.stdout and "✗ gpt2-medium on pynq-z2" in done.stdout


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"target": "pynk-z2"}, "did you mean 'pynq-z2'"),
        ({"target": "ulx3s-85f"}, "target ulx3s-85f has no block design"),
    ],
)
def test_a_target_without_a_block_design_is_refused_with_what_to_do(values, says):
    with pytest.raises(ConfigError, match=says):
        targets("gpt2-medium", values, ROOT)


@pytest.mark.parametrize(
    ("target", "said", "says"),
    [
        ("u280", "slr: {fnn: 1}", "no cell 'fnn'; did you mean 'ffn'?"),
        ("u280", "slr: {ffn: 3}", "ffn: no SLR3; bd/boards/u280.yml says slrs: 3"),
        ("u280-xrt", "slr: {ffn: 3}", "ffn: no SLR3; bd/boards/u280.yml says slrs: 3"),
        (
            "u280",
            "pblocks: [{name: engine, cells: [matmull], region: SLR0}]",
            "no cell 'matmull'; did you mean 'matmul'?",
        ),
        ("u280", "pblocks: [{name: engine, cells: [ffn], region: SLR7}]", "engine: no SLR7"),
        ("u280", "probes: [ffn/m_axi_gmem9]", "no interface 'ffn/m_axi_gmem9' is joined"),
        ("u280-xrt", "probes: [ffn/none]", "'ffn/none' is no interface of a kernel"),
    ],
)
def test_what_a_build_would_refuse_is_refused_at_its_line(tmp_path, target, said, says):
    lines = (ROOT / "configs" / "tiny.yml").read_text().splitlines()
    path = tmp_path / "mine.yml"
    kept = lines[: next(n for n, line in enumerate(lines) if line.startswith("targets:"))]
    own = [f"targets: [{target}]", "implementation:", f"  {target}:", f"    {said}"]
    path.write_text("\n".join([*kept, *own]) + "\n")
    done = doit(f"config={path}", f"target={target}")
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"{path}:{len(kept) + 4}: " in done.stderr and says in done.stderr


def test_an_unknown_config_is_status_2():
    done = doit("config=gpt2-medum")
    assert done.returncode == 2 and done.stdout == ""
