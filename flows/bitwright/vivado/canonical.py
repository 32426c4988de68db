"""Files of Vivado without the time they were made at: equal builds give equal bytes.

A .bit says date and time in its header, a .hwh in its first element, an archive (.xsa, .dcp) for
each of its members, a packaged IP (component.xml; .zip, .xo) in its component.xml and its members.
All else stays as the tool wrote it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bitwright.hls.export import canonical as packaged
from bitwright.hls.export import undated
from bitwright.reports.amd_bit import timeless

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can name
STAMP = re.compile(rb'(<EDKSYSTEM\b[^>]*?\bTIMESTAMP=")[^"]*(")')
NO_TIME = b"Tue Jan  1 00:00:00 1980"
LARGE = 1 << 28  # bytes of a member from which on it is not looked into: no text of a tool


def canonical(path: Path) -> None:
    """Give a file its canonical form, at once or not at all; a kind without one is left alone.

    Raises ReportError for a .bit that is none, OSError and zipfile.BadZipFile for the others.
    """
    suffix = path.suffix.lower()
    if suffix in (".zip", ".xo"):
        packaged(path, path, root=path.parent)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        if suffix in (".xsa", ".dcp"):
            _archive(path, part)
        elif suffix in _FORMS:
            part.write_bytes(_FORMS[suffix](path.read_bytes(), path))
        else:
            return
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _archive(source: Path, target: Path) -> None:
    """Members by name, each canonical and with one time; stored, for zlib's versions differ."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in sorted(old.infolist(), key=lambda one: one.filename):
            data = old.read(member)
            form = _FORMS.get(Path(member.filename).suffix.lower())
            if form and len(data) < LARGE:
                data = form(data, source)
            plain = zipfile.ZipInfo(member.filename, EPOCH)
            plain.external_attr = member.external_attr
            plain.create_system = member.create_system
            new.writestr(plain, data)


def _hwh(data: bytes, origin: Path) -> bytes:
    return STAMP.sub(rb"\g<1>" + NO_TIME + rb"\2", data, count=1)


def _bit(data: bytes, origin: Path) -> bytes:
    return timeless(data, origin=origin)


def _xml(data: bytes, origin: Path) -> bytes:
    return undated(data)


_FORMS: Mapping[str, Callable[[bytes, Path], bytes]] = {".bit": _bit, ".hwh": _hwh, ".xml": _xml}
