"""A folder written as a whole, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError

if TYPE_CHECKING:
    from bitwright.hls.adopt import Adopted


def write(adopted: Adopted, out: Path, *, force: bool = False) -> tuple[str, ...]:
    """Write the files; the names of those that were not there, or not so.

    out: made if need be, with the folders above it
    force: replace files that are there with other content
    Raises ConfigError, with nothing written, if a file is there with other content, or out is none.
    """
    changed = tuple(name for name, data in adopted.files.items() if _differs(out / name, data))
    there = [name for name in changed if (out / name).exists()]
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out}: expected a folder to write to, found a file")
    if there and not force:
        raise ConfigError(
            f"{out}: has another {', another '.join(there)}\n"
            "  next      take another folder, or replace them: --force (doit adopt: force=on)"
        )
    if changed:
        try:
            _install(adopted, changed, out)
        except OSError as error:
            raise ConfigError(f"{out}: cannot be written: {error.strerror}") from error
    return changed


def _differs(path: Path, data: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != data


def _install(adopted: Adopted, names: tuple[str, ...], out: Path) -> None:
    """All files stand complete beside the folder before the first of them moves in."""
    made = list(_missing(out))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as text:
            staged = Path(text) / "out"
            staged.mkdir()
            for name in names:
                (staged / name).parent.mkdir(exist_ok=True)
                (staged / name).write_bytes(adopted.files[name])
            if not out.exists():
                staged.rename(out)
                return
            for name in names:
                (out / name).parent.mkdir(exist_ok=True)
                (staged / name).replace(out / name)
    except BaseException:
        if made:
            shutil.rmtree(made[-1], ignore_errors=True)
        raise


def _missing(out: Path) -> Iterator[Path]:
    """The folder and those above it that are not there yet, innermost first."""
    while not out.exists():
        yield out
        out = out.parent
