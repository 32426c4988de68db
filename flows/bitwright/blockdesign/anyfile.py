"""A block design out of any file that holds one: our YAML, a Tcl script, or Vivado's .hwh.

What a file is, its content says: a handoff is XML, a description is a YAML mapping, anything else
is Tcl. The ending only settles what content leaves open, an empty file for instance.
"""

from __future__ import annotations

import re
from pathlib import Path

from bitwright.blockdesign import infile
from bitwright.blockdesign.model import BlockDesign
from bitwright.errors import ConfigError

YAML, TCL, HWH = "yaml", "tcl", "hwh"
MAX_BYTES = 64 * 1024 * 1024  # the largest public .hwh are a few MB
_ENDINGS = {".yml": YAML, ".yaml": YAML, ".tcl": TCL, ".hwh": HWH, ".xml": HWH}
_XML = re.compile(r"\s*<(\?xml|!--|EDKSYSTEM)")
_DESIGN = re.compile(r"^[{\s]*['\"]?design['\"]?\s*:", re.MULTILINE)
_COMMAND = re.compile(r"^[^#`\n]*\b[a-z]+_bd_[a-z]+", re.MULTILINE)
_KEY = re.compile(r"[a-z_]+:(\s|\Z)")  # how a description begins, comments apart


def read(path: Path) -> BlockDesign:
    """The design that a file holds.

    Raises ConfigError (where, expected, found) for a file that is none of the three, and whatever
    the reader of its kind raises; file and line are in every message.
    """
    text = _text(path)
    found = _plausible(kind(text, path.suffix), text, path)
    if found == HWH:
        from bitwright.blockdesign import hwh

        return hwh.read(text, origin=path)
    if found == TCL:
        from bitwright.blockdesign.interpreter import isolated

        return isolated.read(path)
    from bitwright.blockdesign import elaborate

    return elaborate.of_file(path)


def kind_of(path: Path) -> str:
    """What a file holds: YAML, TCL or HWH. Raises ConfigError where it cannot be read."""
    text = _text(path)
    return _plausible(kind(text, path.suffix), text, path)


def _plausible(found: str, text: str, path: Path) -> str:
    """The kind, of a file that can be one. Raises ConfigError, once, for what is no design."""
    if found == YAML and not _DESIGN.search(text):
        lacks = "taken for a description in YAML, but it has no key design"
        hint = "name a file such as bd/zynq.yml, or CONFIG@TARGET, such as gpt2-medium@u280"
    elif found == TCL and path.suffix.lower() != ".tcl" and not _COMMAND.search(text):
        lacks = "taken for a Tcl script, but it has no command of block designs, such as"
        lacks += " create_bd_cell"
        hint = "name a script of write_bd_tcl, a .hwh, or a description such as bd/zynq.yml"
    else:
        return found
    raise ConfigError(
        f"{path}:1: {lacks}\n"
        "  expected  a block design: YAML, a Tcl script, or Vivado's .hwh\n"
        f"  next      {hint}"
    )


def kind(text: str, suffix: str = "") -> str:
    """YAML, TCL or HWH."""
    if _XML.match(text):
        return HWH
    said = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not said:
        return _ENDINGS.get(suffix.lower(), YAML)
    return YAML if _KEY.match(said[0]) or said[0].startswith("---") else TCL


def _text(path: Path) -> str:
    raw = infile.content(path, MAX_BYTES, "a block design")
    if path.suffix.lower() == ".tcl":  # some have a name or a sign in an older code, in a comment
        return raw.decode("utf-8-sig", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}:1: no text: byte {error.start} is no UTF-8\n"
            "  expected  a block design: YAML, a Tcl script, or Vivado's .hwh\n"
            "  next      name the script or the .hwh, not a checkpoint or a bitstream"
        ) from None
