"""What tests of adoption share: a source adopted, and programs made of it once per session."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from bitwright.hls import adopt, csim

from tests.hls.adopt.shapes import SHAPES

OPEN = Path(__file__).parents[3] / "ip" / "open" / "include"


def put(folder: Path, text: str | bytes, name: str = "net.cpp") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def adopted(tmp_path: Path) -> Callable[..., adopt.Adopted]:
    """Adopt a text, with what is asked as keywords."""

    def make(text: str, **asked: object) -> adopt.Adopted:
        return adopt.adopt(put(tmp_path, text), adopt.Request(**asked), "net.cpp")  # type: ignore[arg-type]

    return make


def build(folder: Path, *sources: Path) -> Path:
    """The program of C++ sources, by g++ with the open headers."""
    program = folder / "program"
    folder.mkdir()
    command = ["g++", "-std=c++17", "-O0", "-Wno-unknown-pragmas", f"-I{OPEN}"]
    command += ["-isystem", csim.ap_types(), *map(str, sources), "-o", str(program)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return program


@pytest.fixture(scope="session", params=list(SHAPES))
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """(shape, program of the original, program of what was adopted), with the same test bench."""
    folder = tmp_path_factory.mktemp(request.param)
    source = put(folder, SHAPES[request.param])
    adopt.write(adopt.adopt(source), folder / "out")
    bench = folder / "out" / "net_tb.cpp"
    original = build(folder / "original", source, bench)
    return request.param, original, build(folder / "new", folder / "out" / "net.cpp", bench)
