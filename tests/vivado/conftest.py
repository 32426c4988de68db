"""Runs of tools that are short scripts of their own, in folders of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


class Programs:
    """A folder of programs, first on PATH; each is a Python script."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, text: str) -> Path:
        """A program that runs this Python text; its arguments are sys.argv[1:]."""
        path = self.folder / name
        head = f"#!{sys.executable} -IS\nimport os, signal, sys, time\n"
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(head + text)
        path.chmod(0o755)
        return path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """An empty folder of programs on PATH, and an empty folder to work in; no machine file."""
    place = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{place}:/usr/bin:/bin")
    for name in ("XILINX_VIVADO", "XILINX_VITIS", "XILINX_HLS", "XILINX_XRT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BITWRIGHT_MACHINE", "")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    yield Programs(place)
