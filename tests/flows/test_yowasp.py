"""YoWASP tools start in any home, two at once, and after a cache was damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = "ecppack"  # the smallest


def start(tmp_path: Path, **environment: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if name != "YOWASP_CACHE_DIR"}
    return subprocess.Popen(
        [sys.executable, "-s", "-m", "bitwright.steps.yowasp", TOOL, "--version"],
        cwd=tmp_path,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def outcome(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate()
    assert process.returncode == 0, text
    assert "Version" in text
    return text


def test_two_at_once_compile_once(tmp_path: Path) -> None:
    cache = str(tmp_path / "cache")
    texts = [outcome(run) for run in [start(tmp_path, XDG_CACHE_HOME=cache) for _ in range(3)]]
    compiled = list(Path(cache).rglob("*.wasm/*"))
    assert len(compiled) == 1 and compiled[0].stat().st_size > 1 << 20
    assert "preparing" in "".join(texts)
    assert "preparing" not in outcome(start(tmp_path, XDG_CACHE_HOME=cache))


@pytest.mark.parametrize("where", ["/proc/nowhere", "/dev/null/cache"])
def test_a_cache_that_cannot_be_written_does_not_stop_a_tool(tmp_path: Path, where: str) -> None:
    """A home may be read-only, as in many containers."""
    outcome(start(tmp_path, XDG_CACHE_HOME=where, HOME=where))


def test_a_compilation_that_was_killed_leaves_nothing_behind_that_counts(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "bitwright" / "yowasp"
    cache.mkdir(parents=True)
    (cache / f".{TOOL}-0123.half").mkdir()
    (cache / f".{TOOL}-0123.half" / "code").write_bytes(b"half")
    outcome(start(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache")))
