"""What Vitis HLS left, found by what it is: csynth.xml and the exported IP, whatever the tree.

Tcl lays out <project>/<solution>/{syn,impl}, v++ <component>/hls/{syn,impl}; the IP is called
export.zip, <component>.zip or <vendor>_<library>_<name>_<version>.zip, by the release.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from bitwright.errors import ToolError
from bitwright.hls.scripts import EXPORTS, Ip

SPIRIT = "{http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009}"
COMPONENT = "component.xml"
MOST = 64 << 20  # bytes of a component.xml; what is larger is not read


def csynth(folder: Path) -> Path:
    """The report of the C synthesis below a folder. Raises ToolError unless there is one."""
    found = sorted(folder.rglob("syn/report/csynth.xml"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(str(path) for path in found) or "none"
    raise ToolError(
        f"csynth: not one report below {folder}\n"
        "  expected  syn/report/csynth.xml once, as HLS 2020.2 to 2025.2 write it\n"
        f"  found     {names}\n"
        "  next      read the log above: did the synthesis reach its end?"
    )


def exported(folder: Path, ip: Ip, export: str) -> Path:
    """The exported file of an IP below a folder. Raises ToolError if none is of that VLNV.

    The tools leave the same IP under several names; the one nearest to the folder is taken.
    """
    suffix = EXPORTS[export]
    files = sorted(folder.rglob(f"*.{suffix}"), key=lambda path: (len(path.parts), str(path)))
    told = []
    for path in files:
        names = list(vlnvs(path, nested=export == "xo"))
        if ip.vlnv in names:
            return path
        told.append(f"  found     {path}: {', '.join(names) or f'no {COMPONENT}'}")
    raise ToolError(
        "\n".join(
            [
                f"export: no .{suffix} of {ip.vlnv} below {folder}",
                *(told or [f"  found     no .{suffix} at all"]),
                "  next      read the log above: did the packager reach its end?",
            ]
        )
    )


def vlnvs(archive: Path, *, nested: bool) -> Iterator[str]:
    """vendor:library:name:version of each IP in an archive; none if it cannot be read.

    nested: an IP may lie in a folder of the archive, as in an .xo
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                folder, _, name = info.filename.rpartition("/")
                if name == COMPONENT and (nested or not folder) and info.file_size <= MOST:
                    with opened.open(info) as stream:
                        yield _vlnv(stream)
    except (OSError, zipfile.BadZipFile, ParseError, DefusedXmlException):
        return


def _vlnv(stream: IO[bytes]) -> str:
    document = parse(stream)
    parts = ("vendor", "library", "name", "version")
    return ":".join(document.findtext(f"{SPIRIT}{part}", "") for part in parts)
