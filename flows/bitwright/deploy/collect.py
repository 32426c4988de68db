"""What the step `deploy` runs: everything a board needs, brought into one folder.

    python -m bitwright.deploy.collect deploy.json

The texts of the folder (accelerator.json, README.md, ...) are written by the engine before; this
copies the bitstream and the driver, makes vectors, and what a Kria card wants besides.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bitwright.deploy import accelerator, kria, vectors
from bitwright.design import KernelSpec, Model
from bitwright.errors import BitwrightError
from bitwright.kernel import load

REQUEST = "deploy.json"
DRIVER = Path(accelerator.__file__).parent
SUMS = "files.sha256"  # sha256sum -c reads it


def collect(request: Mapping[str, Any], folder: Path) -> None:
    """Bring everything into a folder. Raises BitwrightError, OSError."""
    for name, source in request["copies"].items():
        shutil.copyfile(folder / source, folder / name)
    for name in request["driver"]:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(DRIVER / Path(name).name, folder / name)
    for each in request["vectors"]:
        _vectors(each, request["model"], folder)
    if firmware := request["firmware"]:
        bit = folder / firmware["bit"]
        (folder / firmware["bin"]).write_bytes(kria.bit_bin(bit.read_bytes(), origin=bit))
        (folder / firmware["dtbo"]).write_bytes(bytes.fromhex(firmware["blob"]))
    sums = (f"{hashlib.sha256((folder / n).read_bytes()).hexdigest()}  {n}" for n in request["all"])
    (folder / SUMS).write_text("\n".join(sums) + "\n", encoding="ascii")


def _vectors(each: Mapping[str, Any], model: Mapping[str, Any], folder: Path) -> None:
    spec = KernelSpec(each["name"], each["build"], each["format"], tuple(map(tuple, each["sizes"])))
    kernel = load(folder / each["signature"], form=each["form"])
    case = vectors.case(kernel, spec, Model(**model))
    out = folder / each["out"]
    out.parent.mkdir(exist_ok=True)
    np.savez_compressed(out, **case)  # type: ignore[arg-type]  # names are never allow_pickle


def main(argv: Sequence[str] | None = None) -> int:
    (name,) = sys.argv[1:] if argv is None else argv
    try:
        collect(json.loads(Path(name).read_text("utf-8")), Path())
    except BitwrightError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
