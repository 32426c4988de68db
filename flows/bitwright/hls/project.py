"""A Vitis HLS project as a folder that is complete: sources, test bench, data, scripts, README.

    python -m bitwright.hls.project project.json

It can be carried to a machine that has the tools and be run there as its scripts say. Files stand
in it under the names that they have below the root, or below the folder of the flow.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bitwright.errors import BitwrightError
from bitwright.hls.scripts import (
    CONFIG,
    IMPLEMENT,
    README,
    TCL,
    Ip,
    Project,
    config_cfg,
    readme,
    tcl,
    tcl_implement,
)

MANIFEST = "project.json"


def write(manifest: Mapping[str, Any], folder: Path) -> None:
    """Lay out the project in a folder. Raises ConfigError for what the scripts cannot hold."""
    project = from_json(manifest["project"])
    texts = {CONFIG: config_cfg(project), TCL: tcl(project), README: readme(project)}
    if "impl" in project.stages:
        texts[IMPLEMENT] = tcl_implement(project)
    for where, name in manifest["files"].items():
        (folder / where).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, folder / where)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def from_json(document: Mapping[str, Any]) -> Project:
    """The project that a manifest holds."""
    values = {key: _tuple(value) for key, value in document.items()}
    return Project(**{**values, "ip": Ip(**document["ip"])})


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


def main(argv: Sequence[str]) -> int:
    """Lay out the project in the current folder; 1 if its scripts cannot be written."""
    try:
        write(json.loads(Path(argv[0]).read_text(encoding="utf-8")), Path())
    except BitwrightError as error:
        print(f"ERROR: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
