"""No false alarm on our own kernels: every header with the top of every format."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright import design, kernel
from bitwright.hls import top
from bitwright.hls.lint import Report, check
from bitwright.hls.lint.program import from_texts
from bitwright.steps import csim

ROOT = Path(__file__).resolve().parents[3]


def report(config: str, name: str, form: str, *, without: bytes = b"") -> Report:
    """What is found in a kernel as a config has it, some text of its headers left out."""
    found = design.load(config, target=None, options={}, root=ROOT, missing=lambda _: ())
    folders = ("common/include", name)
    paths = [path for each in folders for path in sorted((ROOT / "ip" / each).rglob("*.hpp"))]
    texts = {path.name: path.read_bytes().replace(without or b"\0", b"") for path in paths}
    signature = kernel.load(ROOT / "ip" / name / "kernel.yml", form=form)
    rendered = top.render(signature, found.kernel(name), found.model)
    texts |= {file: text.encode() for file, text in rendered.items() if "_tb" not in file}
    return check(from_texts(texts, name))


@pytest.mark.parametrize("form", ["fp16", "int8", "w4a8"])
@pytest.mark.parametrize("name", ["ffn", "mhsa"])
@pytest.mark.parametrize("config", ["tiny", "gpt2-medium"])
def test_a_kernel_and_its_top_are_clean(config: str, name: str, form: str) -> None:
    found = report(config, name, form)
    assert [str(finding) for finding in found.findings] == []
    assert found.functions > 50 and found.pragmas > 90


def test_a_kernel_with_a_stream_that_nothing_fills_is_not() -> None:
    found = report("tiny", "mhsa", "int8", without=b"  normalise<C>(")
    rules = {finding.rule for finding in found.findings}
    assert "dataflow-channel" in rules


def test_every_format_of_every_kernel_is_among_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = design.load("gpt2-medium", target=None, options={}, root=ROOT, missing=lambda _: ())
    every = {(spec.name, form) for spec in found.hls for form in csim.formats(spec, found.model)}
    assert every == {(name, form) for name in ("ffn", "mhsa") for form in ("fp16", "int8", "w4a8")}
