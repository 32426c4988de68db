"""`doit adopt`: a C++ source that Stream-HLS generated becomes a kernel of its own folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError
from bitwright.front import options
from bitwright.front.session import Session
from bitwright.front.show import complain, say
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.hls.adopt import Request

OUT = Path("build/adopted")  # a folder of it, by the source's name, where out= is not given


def task(session: Session) -> None:
    """Adopt source=; the diff and what was done on standard output, warnings on standard error.

    Raises ConfigError, with nothing written, for whatever cannot be a kernel.
    """
    from bitwright.hls import adopt
    from bitwright.hls.adopt import command

    values = session.line.values
    if not values.get("source"):
        raise ConfigError("adopt needs source=FILE.cpp\n  next      ./doit help adopt")
    force = values.get("force", "off")
    if options.FORCE.text(force) is None:
        expected = options.FORCE
        raise ConfigError(f"command line: force: expected {expected}, found {shown(force)}")
    path = _place(values["source"])
    out = _place(values["out"]) if values.get("out") else OUT / path.stem
    adopted = adopt.adopt(path, _request(session), values["source"], compiled=True)
    changed = adopt.write(adopted, out, force=force == "on")
    for line in command.diff_lines(adopted, colour=command.colours()):
        say(line)
    for line in command.summary(adopted, changed, out):
        say(line)
    for remark in adopted.remarks:
        complain(f"warning: {remark}")


def _place(text: str) -> Path:
    """A path as the caller means it, said from here where it is below."""
    path = Path(os.path.normpath(options.from_caller(text)))
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _request(session: Session) -> Request:
    from bitwright.hls.adopt.request import Request, assignments, whole

    values = session.line.values
    return Request(
        top=values.get("top", ""),
        bundle=values.get("bundle", "gmem"),
        bundles=assignments(values.get("bundles", "")),
        width=whole(values.get("width", "256"), "width"),
        vlnv=values.get("vlnv", ""),
        part=values.get("part", ""),
        clock_ns=values.get("clock_ns", ""),
        export=values.get("export", "ip_catalog"),
    )
