"""Loading a bitstream: the loader's call, and what is said when it cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.host import program


@pytest.fixture
def bitstream(tmp_path: Path) -> Path:
    file = tmp_path / "a name; with $odd 'letters'.bit"
    file.write_bytes(b"bits")
    return file


def loader(folder: Path, status: int) -> None:
    """A stand-in for openFPGALoader that notes its arguments, one a line."""
    folder.mkdir()
    script = folder / program.LOADER
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{folder}/arguments"\nexit {status}\n')
    script.chmod(0o755)


def test_the_loader_gets_board_and_file_as_they_are(
    bitstream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader(tmp_path / "bin", 0)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert program.main([str(bitstream), "--flash"]) == 0
    arguments = (tmp_path / "bin" / "arguments").read_text().splitlines()
    assert arguments == ["-b", "ulx3s", "-f", str(bitstream)]


def test_a_loader_that_fails_fails_the_command(
    bitstream: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    loader(tmp_path / "bin", 3)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert program.main([str(bitstream)]) == 1
    assert "exit status 3" in capsys.readouterr().err


def test_without_the_loader_it_says_how_to_get_it(
    bitstream: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.main([str(bitstream)]) == 1
    assert "apt-get install openfpgaloader" in capsys.readouterr().err


def test_without_a_bitstream_it_says_how_to_build_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main([str(tmp_path / "none.bit")]) == 1
    assert "./doit bitstream" in capsys.readouterr().err
