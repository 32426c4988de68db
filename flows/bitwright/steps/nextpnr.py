"""Run nextpnr-ecp5 and keep of what it writes where each cell stands.

    python -m bitwright.steps.nextpnr ARGUMENT ... --write placement.json

The arguments are nextpnr's; the file of --write (22 MB for an 8 x 8 array) becomes one line a cell,
{"cell": ["X97/Y57/SLICEA.K0", "TRELLIS_COMB"]}, in order of name. Whoever changes what is written
gives implement.PLACEMENT_FORMAT a new number: this module is in no key.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bitwright.steps import yowasp


def placement(design: str) -> str:
    """Where the cells of a design that nextpnr wrote stand. Raises ValueError if none does."""
    cells = {
        name: [cell["attributes"]["NEXTPNR_BEL"], cell["type"]]
        for module in json.loads(design)["modules"].values()
        for name, cell in module["cells"].items()
        if "NEXTPNR_BEL" in cell["attributes"]
    }
    if not cells:
        raise ValueError("no cell has a place")
    rows = [f"{json.dumps(name)}: {json.dumps(cells[name])}" for name in sorted(cells)]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def main(argv: Sequence[str]) -> int:
    """nextpnr's exit status."""
    status = yowasp.run("nextpnr-ecp5", argv)
    if status == 0 and "--write" in argv:
        path = Path(argv[argv.index("--write") + 1])
        path.write_text(placement(path.read_text(encoding="utf-8")), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
