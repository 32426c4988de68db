"""Reports inside zip archives (.zip, .xsa, .xo), read from memory: nothing is ever unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from bitwright.errors import ReportError
from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import HEAD
from bitwright.reports.read.member import BROKEN, MEMBERS, fault
from bitwright.reports.read.recognise import Report, claimants, head_of, opened, read_stream

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # of an archive, of an empty one


@dataclass(frozen=True, slots=True)
class Unread:
    """A file, or a member of an archive, that could not be read, and why."""

    path: Path
    error: ReportError

    def to_json(self) -> dict[str, Any]:
        """path, error: line (null where none is to blame), problem, expected, found, next."""
        names = ("line", "problem", "expected", "found", "next")
        return {
            "path": str(self.path),
            "error": {name: getattr(self.error, name) for name in names},
        }


def read_all(path: Path) -> Iterator[Report | Unread]:
    """The report in a file, or every report in an archive, under the path ARCHIVE!MEMBER."""
    try:
        with opened(path) as stream:
            magic = stream.read(4)
            stream.seek(0)
            if magic in MAGIC:
                yield from _members(stream, path)
            else:
                yield read_stream(stream, origin=path)
    except ReportError as error:
        yield Unread(path, error)


def _members(stream: BinaryIO, path: Path) -> Iterator[Report | Unread]:
    try:
        archive = zipfile.ZipFile(stream)
    except BROKEN as error:
        refuse(
            path,
            "this archive is broken",
            expected="a whole zip archive",
            found=str(error),
            next="was it copied to the end?",
        )
    members = [member for member in archive.infolist() if not member.is_dir()]
    count = 0
    for member in members[:MEMBERS]:
        origin = Path(f"{path}!{member.filename}")
        try:
            report = _member(archive, member, origin)
        except ReportError as error:
            report = Unread(origin, error)
        if report:
            count += 1
            yield report
    if not count or len(members) > MEMBERS:
        refuse(
            path,
            "there is no report in this archive" if not count else "this archive is too large",
            expected=f"a report that a reader knows, at most {MEMBERS} members",
            found=f"{len(members)} members",
            next="look what it holds: python -m zipfile -l ARCHIVE",
        )


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, origin: Path
) -> Report | Unread | None:
    """A member's report; None where it is none. ReportError for one that cannot be trusted."""
    wrong = fault(member)
    if wrong:
        refuse(
            origin,
            "this member of the archive is not touched",
            expected="a plain file inside the archive, of a likely size",
            found=wrong,
            next="who made this archive?",
        )
    try:
        with archive.open(member) as stream:
            if not claimants(head_of(stream.read(4 * HEAD))):
                return None
        with archive.open(member) as stream:
            return read_stream(cast(BinaryIO, stream), origin=origin)
    except BROKEN as error:
        refuse(
            origin,
            "this member of the archive is broken",
            expected="what the archive's directory promises",
            found=str(error),
            next="was the archive copied to its end?",
        )
