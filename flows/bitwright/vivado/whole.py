"""Whether a file that a tool was to leave is there and whole, as far as its format can tell."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from bitwright.errors import ReportError
from bitwright.reports.amd_bit import parse

XCLBIN = b"xclbin2\0"  # its first bytes: XRT, src/runtime_src/core/include/xclbin.h, struct axlf


def fault(path: Path) -> str:
    """Why a file cannot be taken; "" if nothing is wrong with it."""
    try:
        if not path.is_file():
            return "is missing"
        if not path.stat().st_size:
            return "is empty"
        look = _LOOKS.get(path.suffix.lower())
        return look(path) if look else ""
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _zip(path: Path) -> str:
    """A checkpoint, a platform and a kernel object are zip files: every member is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            if not archive.namelist():
                return "is an archive of nothing"
            bad = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        return f"is half written or damaged: {error}"
    return f"is damaged in {bad}" if bad else ""


def _bit(path: Path) -> str:
    try:
        parse(path.read_bytes(), origin=path)
    except ReportError as error:
        return f"is no whole bitstream: {error.problem}"
    return ""


def _xclbin(path: Path) -> str:
    with path.open("rb") as file:
        return "" if file.read(len(XCLBIN)) == XCLBIN else "does not begin as an xclbin does"


def _xml(path: Path) -> str:
    """A tool that was ended in the middle leaves a document without its end."""
    import defusedxml.ElementTree as ElementTree

    try:
        ElementTree.parse(path, forbid_dtd=True)
    except (ElementTree.ParseError, ValueError) as error:
        return f"is half written or damaged: {error}"
    return ""


_LOOKS: Mapping[str, Callable[[Path], str]] = {
    **dict.fromkeys((".dcp", ".xsa", ".xo", ".zip"), _zip),
    **dict.fromkeys((".hwh", ".xml"), _xml),
    ".bit": _bit,
    ".xclbin": _xclbin,
}
