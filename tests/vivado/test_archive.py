"""A project on disk as one file: back as it was, the same bytes each time, and nothing outside."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.vivado.archive import EPOCH, pack, unpack
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.text("ab.-_ é", min_size=1, max_size=8).filter(lambda name: name.strip(". "))
TREES = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=64), max_size=6
)


def lay(folder: Path, tree: dict[str, bytes]) -> dict[str, bytes]:
    """Write a tree; what of it could be written, for one name may be a folder of another."""
    written = {}
    for name, content in tree.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written[name] = content
        except OSError:
            continue
    return written


def found(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@given(TREES)
def test_every_tree_comes_back_as_it_was(tmp_path_factory, tree: dict[str, bytes]):
    folder = tmp_path_factory.mktemp("tree")
    written = lay(folder / "project", tree)
    (folder / "project").mkdir(exist_ok=True)
    pack(folder / "project", folder / "a.tar.gz")
    unpack(folder / "a.tar.gz", folder / "back")
    assert found(folder / "back") == {
        name: data for name, data in written.items() if found(folder / "project").get(name) == data
    }


def test_the_bytes_do_not_tell_when_or_in_what_order_files_were_written(tmp_path: Path):
    for name, order in (("one", ("a", "b")), ("two", ("b", "a"))):
        for file in order:
            lay(tmp_path / name, {f"sub/{file}": file.encode()})
        os.utime(tmp_path / name / "sub" / "a", (len(name), 5_000_000 if name == "one" else 7))
        pack(tmp_path / name, tmp_path / f"{name}.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()


def test_logs_journals_and_scratch_folders_stay_behind_and_runs_do_not(tmp_path: Path):
    past = ("vivado.log", "vivado.jou", ".Xil/x", "design.runs/synth_1/runme.log")
    kept = ("design.xpr", "design.runs/synth_1/top.dcp", "design.runs/synth_1/.vivado.end.rst")
    lay(tmp_path / "project", dict.fromkeys((*past, *kept), b"x"))
    pack(tmp_path / "project", tmp_path / "a.tar.gz")
    unpack(tmp_path / "a.tar.gz", tmp_path / "back")
    assert sorted(found(tmp_path / "back")) == sorted(kept)


def test_every_file_comes_back_with_one_old_date_and_a_script_can_still_be_run(tmp_path: Path):
    lay(tmp_path / "project", {"runme.sh": b"#!/bin/sh\n", "a.v": b""})
    (tmp_path / "project" / "runme.sh").chmod(0o755)
    pack(tmp_path / "project", tmp_path / "a.tar.gz")
    unpack(tmp_path / "a.tar.gz", tmp_path / "back")
    assert {path.stat().st_mtime for path in (tmp_path / "back").iterdir()} == {EPOCH}
    assert os.access(tmp_path / "back" / "runme.sh", os.X_OK)
    assert not os.access(tmp_path / "back" / "a.v", os.X_OK) or os.geteuid() == 0


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/../../out"])
def test_a_file_that_leads_out_of_the_project_is_refused(tmp_path: Path, name: str):
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(ToolError, match="no file below the project"):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "sub" / "back")
    assert not (tmp_path / "sub" / "back").exists()


def test_a_link_in_an_archive_is_refused(tmp_path: Path):
    link = tarfile.TarInfo("ip")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as tar:
        tar.addfile(link)
    with pytest.raises(ToolError, match="no file below the project"):
        unpack(tmp_path / "bad.tar.gz", tmp_path / "back")


@given(st.integers(0, 400))
def test_a_cut_archive_is_told_and_leaves_nothing(tmp_path_factory, length: int):
    folder = tmp_path_factory.mktemp("cut")
    lay(folder / "project", {f"{n}.v": os.urandom(64) for n in range(8)})
    pack(folder / "project", folder / "a.tar.gz")
    whole = (folder / "a.tar.gz").read_bytes()
    (folder / "a.tar.gz").write_bytes(whole[: min(length, len(whole) - 9)])
    with pytest.raises(ToolError, match="no whole archive"):
        unpack(folder / "a.tar.gz", folder / "back")
    assert not (folder / "back").exists()
