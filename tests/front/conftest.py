"""The toy project as a fixture."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.front.toy import DODO, ROOT, Toy


@pytest.fixture
def measured(toy: Toy) -> Toy:
    """The toy project with a plan whose report measures what source.txt says: slack and LUTs."""
    toy.plans = toy.plans / "measured"
    (toy.root / "source.txt").write_text("2.5 100")
    return toy


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    root = tmp_path / "toy"
    root.mkdir()
    shutil.copytree(ROOT / "configs", root / "configs")
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "source.txt").write_text("1")
    (root / "dodo.py").write_text(DODO.format(dodo=str(ROOT / "dodo.py")))
    made = Toy(root)
    yield made
    for process in made.started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
