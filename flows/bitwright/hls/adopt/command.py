"""`python -m bitwright.hls adopt`, and what an adoption says of itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bitwright.errors import BitwrightError
from bitwright.hls.adopt import Adopted, adopt, write
from bitwright.hls.adopt.compiles import OPEN
from bitwright.hls.adopt.request import CLOCK_NS, PART, Request, assignments, whole
from bitwright.hls.scripts import EXPORTS

_COLOURS = {"---": "1", "+++": "1", "@@": "36", "+": "32", "-": "31"}  # SGR, by how a line begins


def main(argv: Sequence[str]) -> int:
    """Adopt one file; exit status 1 if it is refused."""
    options = _options().parse_args(argv)
    try:
        request = Request(
            top=options.top,
            bundle=options.bundle,
            bundles=assignments(options.bundles),
            width=whole(options.width, "width"),
            vlnv=options.vlnv,
            part=options.part,
            clock_ns=options.clock_ns,
            export=options.export,
        )
        adopted = adopt(options.file, request, compiled=True)
        changed = write(adopted, options.out, force=options.force)
    except BitwrightError as error:
        print(error, file=sys.stderr)
        return 1
    for line in diff_lines(adopted, colour=colours()):
        print(line)
    for line in summary(adopted, changed, options.out):
        print(line)
    for remark in adopted.remarks:
        print(f"warning: {remark}", file=sys.stderr)
    return 0


def colours() -> bool:
    """Whether standard output shows them."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def diff_lines(adopted: Adopted, *, colour: bool) -> Iterator[str]:
    """The diff of the source, without what would move a terminal's cursor."""
    for line in adopted.diff:
        plain = "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in line)
        code = next((code for begin, code in _COLOURS.items() if line.startswith(begin)), "")
        yield f"\033[{code}m{plain}\033[0m" if colour and code else plain


def summary(adopted: Adopted, changed: Sequence[str], out: Path) -> Iterator[str]:
    """What was done, in a few lines."""
    found, counts = adopted.design, adopted.counts
    memories, scalars = len(found.memories), len(found.scalars)
    source = next(iter(adopted.files))
    yield f"{source}: top {found.top.name}, {_many(memories, 'array')}, {_many(scalars, 'scalar')}"
    if counts.removed:
        nodes = counts.bound_local + counts.node_local
        gone = f"{counts.interface} in {found.top.name}, {counts.bound_interface} in nodes"
        stay = f"{counts.local} in {found.top.name}, {nodes} in nodes"
        yield f"  array_partition: {counts.removed} removed ({gone}), {counts.kept} kept ({stay})"
    if not adopted.diff:
        yield "  the source stays as it is: it has its ports"
    yield f"  {adopted.aims}"
    written = f"written: {', '.join(changed)}" if changed else "nothing written: all is there"
    yield f"  {out}: {written}"
    headers = OPEN.parent  # a core of its own; the target sim needs it
    near = headers.relative_to(Path.cwd()) if headers.is_relative_to(Path.cwd()) else headers
    roots = f"--cores-root {near} --cores-root {out}"
    yield f"  next: fusesoc {roots} run --target sim {found.vlnv}"
    yield f"  with Vitis: fusesoc --cores-root {out} run --target hls {found.vlnv}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bitwright.hls adopt",
        description="Turn a C++ file that Stream-HLS generated into a kernel with AXI ports.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.cpp")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where files go")
    parser.add_argument("--top", default="", help="function; forward, or the one nothing calls")
    parser.add_argument("--bundle", default="gmem", help="arrays get gmem0, gmem1, ...")
    parser.add_argument("--bundles", default="", metavar="V93=GMEM0,...", help="for these arrays")
    parser.add_argument("--width", default="256", help="bits of the AXI ports, at most")
    parser.add_argument("--vlnv", default="", help="of the IP; bitwright:<file>:<top>:1.0")
    parser.add_argument("--part", default="", help=f"that of hls.tcl, else {PART}")
    parser.add_argument("--clock-ns", default="", help=f"that of hls.tcl, else {CLOCK_NS}")
    parser.add_argument("--export", default="ip_catalog", help=" or ".join(EXPORTS))
    parser.add_argument("--force", action="store_true", help="replace files that differ")
    return parser
