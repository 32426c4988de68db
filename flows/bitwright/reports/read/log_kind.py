"""Whose log a text is: the first line that only one tool writes tells."""

from __future__ import annotations

import re

WRITER = re.compile(
    r"""^(?:
    (?P<vivado>\#\ Vivado\ v\d | \*{6}\ Vivado\ v\d | \*\*\*\ Running\ vivado)
  | (?P<hls>\*{6}\ (?:Vivado\(TM\)|Vitis)\ HLS\ -
      | \ \ Vivado\(TM\)\ HLS\ -\ High | \ *\*{4}\ HLS\ Build\ v\d
      | \*{6}\ vitis-run\ v | [A-Z ]+:\ \[(?:HLS\ 200|COSIM|COSIM\ 212|SIM\ 211|vitis-run\ 60)-\d)
  | (?P<vpp>\*{6}\ v\+\+\ v\d | [A-Z ]+:\ \[v\+\+\ 60-\d)
  | (?P<steps>\#\ Steps\ log\ generated\ by\ v\+\+)
    )""",
    re.MULTILINE | re.VERBOSE,
)


def writer(head: str) -> str | None:
    """vivado, hls, vpp or steps (of v++); None for what is no log of theirs."""
    found = WRITER.search(head)
    return found.lastgroup if found else None
