"""A C++ source that Stream-HLS generated becomes a kernel: ports, scripts, signature, core.

    adopted = adopt(Path("src/FeedForward.cpp"), Request(width=512))
    adopted.files["FeedForward.cpp"]        # the source with AXI ports; all else of it as it was
    write(adopted, Path("ip/ffn_adopted"))

What its users do by hand: an AXI master for each array argument, registers for control, the
partitioning of arguments taken out wherever they are passed on, a script that exports. Adopting
twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ConfigError
from bitwright.hls import source as hls_source
from bitwright.hls.adopt import bandwidth, checks, compiles, edits, tclfile, vectors
from bitwright.hls.adopt.bench import bench
from bitwright.hls.adopt.interface import Design, design
from bitwright.hls.adopt.output import write
from bitwright.hls.adopt.project import SCRIPT, aims, project, script
from bitwright.hls.adopt.request import Request
from bitwright.hls.adopt.signature import SIGNATURE, core, kernel_yml
from bitwright.hls.scripts import CONFIG, config_cfg

__all__ = ["Adopted", "Request", "adopt", "write"]

SUFFIXES = (".cpp", ".cc", ".cxx", ".c++")
_FILE = re.compile(r"[A-Za-z0-9_][\w.+-]*", re.ASCII)  # goes into scripts and cores


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an adoption makes, before anything is written."""

    design: Design
    files: Mapping[str, bytes]  # name -> content; the source first
    diff: tuple[str, ...]  # of the source, unified
    counts: edits.Counts  # of its array_partition pragmas
    aims: str  # part and clock, and who said so
    remarks: tuple[str, ...]  # file:line: what works otherwise than it looks


def adopt(
    path: Path,
    request: Request | None = None,
    where: str | None = None,
    *,
    compiled: bool = False,
) -> Adopted:
    """Read a source and make everything that turns it into a kernel.

    where: the file's name in messages; default: path as given
    compiled: let g++ read the source first, where there is one
    Raises ConfigError with file and line for whatever cannot be a kernel, or would not work.
    """
    request = request or Request()
    where = where or str(path)
    if path.suffix.lower() not in SUFFIXES or not _FILE.fullmatch(path.name):
        endings = ", ".join(SUFFIXES)
        raise ConfigError(
            f"{where}: expected a C++ source ({endings}), its name of letters, digits and . _ + -"
        )
    source = hls_source.read(path, where)
    notes = compiles.check(path, where) if compiled else ()
    found = design(source, request)
    checks.refuse(found)
    checks.lint(found, path)
    parts = edits.partitions(found)
    after = edits.apply(found.source.data, edits.edits(found))
    script_of = tclfile.find(path)
    origin = tclfile.read(script_of) if script_of else tclfile.Origin()
    said = sorted({*checks.remarks(found), *bandwidth.remarks(found)})
    data = vectors.find(path, found)
    return Adopted(
        design=found,
        files={path.name: after, **_beside(found, request, origin, path, data), **data.files},
        diff=tuple(edits.diff(found.source.data, after, path.name)),
        counts=edits.count(parts),
        aims=aims(request, origin, script_of),
        remarks=(
            *(f"{where}:{line}: {text}" for line, text in said),
            *origin.remarks,
            *data.remarks,
            *notes,
        ),
    )


def _beside(
    found: Design, request: Request, origin: tclfile.Origin, path: Path, data: vectors.Vectors
) -> dict[str, bytes]:
    """The files around the source, all rendered."""
    test = f"{path.stem}_tb.cpp"
    made = project(found, request, origin, path.name, (test, *data.files))
    texts = {
        test: bench(found, path.name),
        SIGNATURE: kernel_yml(found, path.name),
        f"{found.top.name}.core": core(found, made),
        SCRIPT: script(made),
        CONFIG: config_cfg(made),
    }
    return {name: text.encode() for name, text in texts.items()}
