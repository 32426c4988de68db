"""What `program` runs for each kind of board, and what it asks for when an address is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright import design
from bitwright.engine import Step
from bitwright.errors import ConfigError, ToolError
from bitwright.front import deploy, options
from bitwright.front.session import Session

ROOT = Path(__file__).resolve().parents[2]


def session(target: str, folder: Path, **values: str) -> Session:
    folder.mkdir(exist_ok=True)
    step = Step(name="deploy", dir=Path("build/x/deploy"), reads=(), writes=(), command=("true",))
    made = Session(("program",), options.Typed((), {"config": "tiny", **values}))
    made.design = design.load("tiny", target=target, root=ROOT)
    made.steps = {"deploy": step}
    return made


def loaders(folder: Path, status: int = 0) -> Path:
    """Programs that write down how they were called, in a folder for PATH."""
    for name in ("ssh", "scp", "xbutil", "vivado"):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{folder}/calls"\nexit {status}\n')
        path.chmod(0o755)
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BITWRIGHT_MACHINE", "")
    Path("build/x/deploy").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "at", "calls"),
    [
        (
            "kv260",
            "ubuntu@kria.local",
            [
                "ssh ubuntu@kria.local mkdir -p tiny",
                "scp -r . ubuntu@kria.local:tiny",
                'ssh -t ubuntu@kria.local cd tiny && sudo bash -lc "python3 -m accelerator.check"',
            ],
        ),
        (
            "u280-xrt",
            "0000:65:00.1",
            ["xbutil program --device 0000:65:00.1 --user tiny.xclbin"],
        ),
        ("u280", "", ["vivado -mode batch -nojournal -nolog -source program.tcl"]),
    ],
)
def test_each_kind_of_board_has_its_loader(
    target: str, at: str, calls: list[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = loaders(here)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    deploy.program(session(target, here, **({"at": at} if at else {})))
    assert (folder / "calls").read_text().splitlines() == calls


@pytest.mark.parametrize("at", ["", "-oProxyCommand=x", "a b", "x;y", "@host", "host@", "a@b@c"])
def test_a_board_that_is_no_name_for_ssh_is_refused_before_anything_runs(
    at: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{loaders(here)}:/usr/bin:/bin")
    with pytest.raises(ConfigError, match="at: expected at=xilinx@"):
        deploy.program(session("pynq-z2", here, at=at))
    assert not (here / "calls").exists()


def test_a_loader_that_fails_is_told_with_what_to_look_at(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{loaders(here, 3)}:/usr/bin:/bin")
    with pytest.raises(ToolError, match=r"xbutil ended with exit status 3\n  next      xbutil"):
        deploy.program(session("u280-xrt", here, at="65:00.0"))


def test_a_loader_that_is_not_installed_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(here))
    with pytest.raises(ToolError, match="vivado is not installed"):
        deploy.program(session("u280", here))
    with pytest.raises(ToolError, match="xbutil is not installed"):
        deploy.program(session("u280-xrt", here, at="65:00.0"))
