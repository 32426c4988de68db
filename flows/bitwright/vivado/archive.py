"""A folder as one file, and back: how a project on disk goes from step to step.

The archive is a tar file, compressed a little, in which nothing tells when or where it was made:
equal folders give equal bytes. Every file carries the first day of 1980, older than any run of the
tools, so that no source looks newer than what was made from it. What only tells of the past (logs,
journals, the tools' scratch folders) is left out.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from bitwright.errors import ToolError

EPOCH = 315532800  # 1980-01-01: SOURCE_DATE_EPOCH of every step
LEFT_OUT = ("*.jou", "*.log", "*.str", ".Xil", "webtalk*", "*.wt", "hs_err_pid*")


def pack(folder: Path, archive: Path) -> None:
    """Write what a folder holds into an archive. Links are left out: they lead to one machine."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in _files(folder):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            stat = path.stat()
            member.size, member.mtime = stat.st_size, EPOCH
            member.mode = 0o755 if stat.st_mode & 0o100 else 0o644
            with path.open("rb") as content:
                tar.addfile(member, content)


def unpack(archive: Path, folder: Path) -> None:
    """Put an archive's files into a folder that is not there yet.

    Raises ToolError if the archive is damaged, or holds anything but files below it.
    """
    folder.mkdir(parents=True)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _place(tar, member, folder)
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ToolError(
            f"{archive}: no whole archive of a project: {error}\n"
            f"  next      run the step again that made it: ./doit why {archive.parent.name}"
        ) from error


def _place(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    inside = Path(member.name)
    if not member.isfile() or inside.is_absolute() or ".." in inside.parts:
        raise ValueError(f"{member.name!r} is no file below the project")
    path = folder / inside
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None
    with path.open("xb") as out:
        shutil.copyfileobj(content, out)
    path.chmod(0o755 if member.mode & 0o100 else 0o644)
    os.utime(path, (EPOCH, EPOCH))


def _files(folder: Path) -> Iterator[Path]:
    """The files to keep, in an order that does not depend on the disk."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if any(fnmatchcase(entry.name, pattern) for pattern in LEFT_OUT):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
