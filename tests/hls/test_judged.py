"""A run of HLS is measured and judged after synthesis; the tools are stand-ins."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.engine import Step
from bitwright.errors import ReportError
from bitwright.hls import project, run
from bitwright.hls.results import numbers
from bitwright.hls.scripts import Ip, Project
from bitwright.hls.summary import of_run
from bitwright.kernel import Kernel, load
from bitwright.limits import AT_MOST, NOTHING, Limit, to_json
from bitwright.reports import judge
from bitwright.reports.table import plain
from bitwright.steps import hls

from tests.hls import tools as standins
from tests.hls.csynth import report
from tests.hls.tools import Tools

ROOT = Path(__file__).parents[2]
FFN: Kernel = load(ROOT / "ip/ffn/kernel.yml", form="int8")
PROJECT = Project(
    top="ffn",
    part="xcu280-fsvh2892-2L-e",
    clock_ns="4",
    sources=("ffn.cpp",),
    ip=Ip("bitwright", "hls", "ffn", "1.0", "ffn", FFN.doc),
    stages=("csynth", "export", "impl"),
)
SIGNATURE = hls.Signature("../../kernel.yml", "int8")
BASE = Path("build/ffn")


def made(limits: dict[str, float], tmp_path: Path, **changes: object) -> Step:
    """The step of a project whose synthesis leaves a report with these changes, laid out."""
    standins.make(tmp_path / "bin", report(FFN, **changes), FFN.vlnv)
    shutil.copy(ROOT / "ip/ffn/kernel.yml", "kernel.yml")
    Path("ffn.cpp").write_text("// ffn\n")
    bounds = tuple(Limit(f"hls.ffn.{name}", AT_MOST, most) for name, most in limits.items())
    written = json.dumps(to_json(replace(NOTHING, limits=bounds)))
    signature = replace(SIGNATURE, limits=written)
    content = hls.Content(PROJECT, hls.placed(["../../ffn.cpp"]))
    laid = hls.project_step(content, base=BASE, kernel="ffn")
    step = hls.run_step(laid, PROJECT, signature, (), base=BASE, kernel="ffn")
    for each in (laid, step):
        each.dir.mkdir(parents=True)
        for name, text in each.scripts:
            (each.dir / name).write_text(text)
    project.write(json.loads(dict(laid.scripts)[project.MANIFEST]), laid.dir)
    return step


@pytest.fixture(autouse=True)
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "flow"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")


def status(step: Step, monkeypatch: pytest.MonkeyPatch) -> int:
    """What the step's command ends with."""
    monkeypatch.chdir(step.dir)
    try:
        return run.main([run.REQUEST])
    finally:
        monkeypatch.undo()


def stages(tmp_path: Path) -> str:
    return json.dumps(Tools(tmp_path / "bin").calls())


def test_a_kernel_within_its_limits_leaves_metrics_verdict_and_ip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = made({"dsp": 704, "interval_cycles": 9001}, tmp_path)
    folder = step.dir.absolute()
    assert status(step, monkeypatch) == 0
    assert [path for path in step.writes if not (folder / path.name).is_file()] == []
    flat = numbers(json.loads((folder / "metrics.json").read_text()))
    assert flat["hls.ffn.interval_cycles"].value == 9001
    verdict = judge.read(folder / "verdict.json")
    assert [each.metric for each in verdict.judged] == ["hls.ffn.dsp", "hls.ffn.interval_cycles"]
    assert verdict.ok
    assert "--impl" in stages(tmp_path)
    printed = capsys.readouterr().out
    assert "the kernel    9,000     9,001  2.430 ns" in printed
    assert plain(of_run(folder), ()) in printed + "\n"
    (folder / "metrics.json").write_text('{"kernel": "ffn"}')
    with pytest.raises(ReportError, match="these are no metrics of HLS"):
        of_run(folder)
    (folder / "metrics.json").unlink()
    assert of_run(folder) == ()


def test_a_broken_limit_ends_the_run_with_3_before_implementation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = made({"dsp": 703}, tmp_path)
    folder = step.dir.absolute()
    assert status(step, monkeypatch) == step.judgement.status == 3  # type: ignore[union-attr]
    assert [path for path in step.writes if (folder / path.name).exists()] == []
    assert not judge.read(folder / "failed/verdict.json").ok
    assert numbers(json.loads((folder / "failed/metrics.json").read_text()))
    assert "--impl" not in stages(tmp_path)
    assert "ERROR: hls.ffn.dsp is 704; its limit is <= 703, broken by 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "told", "ends"),
    [
        ({"buses": {"m_axi_gmem1": ("axi4full", 32, 64)}}, "* m_axi_gmem1    AXI4, 256 data", 3),
        ({"interval": "undef"}, "HLS left the number open", 1),
        ({"clock": "soon"}, "is no number", 1),
        ({"top": "forward"}, "this is of another top", 1),
    ],
    ids=["another map", "an open number", "an unreadable number", "another kernel"],
)
def test_a_kernel_that_is_not_taken_or_cannot_be_judged_leaves_nothing(
    changes: dict[str, object],
    told: str,
    ends: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """3: it is known to be bad; 1: nothing is known."""
    step = made({"interval_cycles": 10**6}, tmp_path, **changes)
    folder = step.dir.absolute()
    assert status(step, monkeypatch) == ends
    assert [path for path in step.writes if (folder / path.name).exists()] == []
    assert "--impl" not in stages(tmp_path)
    assert told in capsys.readouterr().out
