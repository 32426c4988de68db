"""The canonical form of an IP that Vitis HLS exported: the same kernel gives the same bytes.

Two exports of one design differ in component.xml's coreRevision (made from the date) and
coreCreationDateTime, in the times of the archive's members and, in an .xo, in project ids and in
places of the folder it was made in; the packager may leave its scripts and logs, and places of
archives. Nothing else: in 20 exports of Vitis HLS 2025.1.1, every viewChecksum followed from the
files of its view, so checksums stay as they are, and so does every line of HDL.

    canonical(Path("work/export.zip"), Path("ffn.zip"), root=Path("work"))
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NoReturn

from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls.safe_xml import Node, tree
from bitwright.reports.read.member import BROKEN, MEMBERS, fault

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can name
CREATED = "1980-01-01T00:00:00Z"
REVISION = "1"  # the date made a number no longer fits 32 bits from 2022 on, up to 2021.2
MODE = (stat.S_IFREG | 0o644) << 16
UNIX = 3  # create_system: whose attributes those are
WHOLE = 1 << 29  # bytes of all members together; a large kernel has some ten million
COMPONENT = "component.xml"
LEFTOVER = re.compile(  # what the packager may leave beside component.xml
    r"(?:.*/)?(?:run_ippack\.tcl|pack\.(?:bat|sh)|\.Xil/.*|[^/]*\.(?:log|jou|str|backup\.\w+))",
    re.I,
)
REVISED = re.compile(rb"(<xilinx:coreRevision>)[^<]*(</xilinx:coreRevision>)")
DATED = re.compile(rb"(<xilinx:coreCreationDateTime>)[^<]*(</xilinx:coreCreationDateTime>)")
PLACED = re.compile(rb'\s*<xilinx:tag xilinx:name="[^"<]*_ARCHIVE_LOCATION">[^<]*</xilinx:tag>')
NO_TAGS = re.compile(rb"\s*<xilinx:tags>\s*</xilinx:tags>")
PROJECT_ID = re.compile(rb'(\bProjectID=")[0-9a-fA-F]{32}(")')
PATH_BEGINS, PATH_ENDS = rb"(?<![\w.+/-])", rb"(?![\w.+-])"


def canonical(source: Path, out: Path, *, root: Path | None = None, vlnv: str = "") -> str:
    """Write the canonical form of an exported IP (.zip, .xo) and give its SHA-256.

    root: the folder the tool ran in; where a member names it, `.` stands afterwards
    vlnv: what the IP must call itself; empty: anything
    The result is stored, not compressed (what zlib makes of it depends on its version), members by
    name, all with one time and mode. It appears whole or not at all. Raises ReportError for what
    is no IP, lacks a file that it lists, or cannot be trusted: members that lead out of the
    archive, links, several of one name, more than 512 MiB, XML with entities.
    """
    members = {name: _plain(name, data, root) for name, data in _read(source).items()}
    components = [name for name in members if PurePosixPath(name).name == COMPONENT]
    if not components:
        _refuse(source, "this is no IP", "component.xml in it", f"{len(members)} other files")
    listed: set[str] = set()
    own = []
    for name in components:
        found = _component(members[name], Path(f"{source}!{name}"))
        listed |= _listed(found, members, name, source)
        own.append(_vlnv(found))
        members[name] = undated(members[name])
    if vlnv and vlnv not in own:
        _refuse(source, "this is another IP", vlnv, ", ".join(own))
    members = {
        name: data
        for name, data in members.items()
        if name in listed or not LEFTOVER.fullmatch(name)
    }
    data = _written(members)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_bytes(data)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return hashlib.sha256(data).hexdigest()


def _read(source: Path) -> dict[str, bytes]:
    """Every file of the archive, by name; folders are not kept."""
    try:
        with zipfile.ZipFile(source) as archive:
            listed = archive.infolist()
            _check_size(listed, source)
            found: dict[str, bytes] = {}
            for member in listed:
                if member.is_dir():
                    continue
                name = member.filename
                wrong = fault(member) or _unlike_a_file(member)
                wrong = wrong or ("a second file of that name" if name in found else "")
                if wrong:
                    expected = "plain files inside the archive, each once"
                    _refuse(source, f"{name!r} is not touched", expected, wrong)
                found[name] = archive.read(member)
            return found
    except BROKEN as error:
        _refuse(source, "this archive is broken", "a whole zip archive", str(error)[:200])


def _check_size(listed: list[zipfile.ZipInfo], source: Path) -> None:
    whole = sum(member.file_size for member in listed)
    if whole > WHOLE or len(listed) > MEMBERS:
        limits = f"at most {MEMBERS} files of {WHOLE >> 20} MiB together"
        found = f"{len(listed)} files of {whole >> 20} MiB"
        _refuse(source, "this archive is too large", limits, found)


def _unlike_a_file(member: zipfile.ZipInfo) -> str:
    """What a member is besides a file; empty for a file, also of a system without such bits."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) and member.create_system == UNIX:
        return f"no file but {stat.filemode(kind)}"
    return "a backslash in the path" if "\\" in member.orig_filename else ""


def _plain(name: str, data: bytes, root: Path | None) -> bytes:
    """A member without the place it was made in, and without ids that a run draws."""
    if root is not None and b"\0" not in data:  # text
        for place in dict.fromkeys((str(root), str(root.resolve()))):
            if len(place) > 1:
                data = re.sub(PATH_BEGINS + re.escape(place.encode()) + PATH_ENDS, b".", data)
    return PROJECT_ID.sub(rb"\g<1>" + b"0" * 32 + rb"\2", data) if name.endswith(".xml") else data


def undated(component: bytes) -> bytes:
    """component.xml with the revision and time of every other one."""
    component = REVISED.sub(rb"\g<1>" + REVISION.encode() + rb"\2", component)
    component = DATED.sub(rb"\g<1>" + CREATED.encode() + rb"\2", component)
    return NO_TAGS.sub(b"", PLACED.sub(b"", component))


def _component(data: bytes, origin: Path) -> Node:
    """The root of a component.xml."""
    try:
        root = tree(data.decode("utf-8"), origin=origin)
    except UnicodeDecodeError as error:
        _refuse(origin, "this is no text", "XML in UTF-8", str(error))
    if _local(root) != "component":
        _refuse(origin, "this is no IP", "<component>", f"<{_local(root)}>")
    return root


def _vlnv(root: Node) -> str:
    words = {_local(child): child.text for child in root.children}
    return ":".join(words.get(key, "") for key in ("vendor", "library", "name", "version"))


def _listed(root: Node, members: Mapping[str, bytes], name: str, source: Path) -> set[str]:
    """The members that a component lists; refused if one is not there."""
    folder = PurePosixPath(name).parent
    listed = {str(folder / file) for file in _files(root)}
    if missing := sorted(listed - members.keys()):
        shown = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        expected, found = "every file that it lists", f"{len(missing)} are not: {shown}"
        _refuse(Path(f"{source}!{name}"), "this IP is not whole", expected, found)
    return listed


def _local(node: Node) -> str:
    """The tag without its namespace: spirit:name -> name."""
    return node.tag.rpartition("}")[2]


def _files(root: Node) -> Iterator[str]:
    """The files that a component lists, some several times."""
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        if _local(node) == "file":
            yield from (child.text for child in node.children if _local(child) == "name")


def _written(members: Mapping[str, bytes]) -> bytes:
    """The archive: members by name, nothing in it that depends on when or where."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr, info.create_system = MODE, UNIX
            archive.writestr(info, members[name])
    return buffer.getvalue()


def _refuse(origin: Path, problem: str, expected: str, found: str) -> NoReturn:
    refuse(
        origin,
        problem,
        expected=expected,
        found=found,
        next="see what it holds: python -m zipfile -l ARCHIVE; then let HLS export it again",
    )
