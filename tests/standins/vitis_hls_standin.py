"""STAND-IN for vitis_hls in a whole build, for tests of bitwright alone: it synthesises nothing.

    vitis_hls_standin.py FOLDER -f SCRIPT

The stand-in of tests/hls runs the script; here it is given what it leaves: a report that says what
the kernel's signature says, and a package with the interfaces of that signature and nothing in it.
Which kernel that is stands in hls.json, one folder up, as the step wrote it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "flows")]

from bitwright import kernel as kernels  # noqa: E402
from bitwright.ipxact.kernel_xml import render  # noqa: E402
from bitwright.kernel import Kernel  # noqa: E402

from tests.hls.csynth import report  # noqa: E402
from tests.standins import packaged  # noqa: E402
from tests.standins.reports import MARK  # noqa: E402

HLS = ROOT / "tests/hls/standin.py"


def lay_out(place: Path, kernel: Kernel | None) -> None:
    """The folder that the other stand-in works from."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "standin.py").write_bytes(HLS.read_bytes())
    (place / "behaviour.json").write_text(json.dumps({"can": {"vitis_hls": ["tcl"]}}))
    if kernel is None:
        return
    (place / "csynth.xml").write_text(report(kernel))
    texts = {
        "STAND-IN.txt": MARK,
        "component.xml": packaged.component_xml(kernel),
        "sources.txt": _sources(),  # other sources give another IP
    }
    inside = {"ip.zip": "", "ip.xo": f"ip_repo/{kernel.name}/"}
    for name, before in inside.items():
        with zipfile.ZipFile(place / name, "w") as archive:
            for member, text in texts.items():
                archive.writestr(f"{before}{member}", text)
            if name == "ip.xo":
                archive.writestr(f"{kernel.name}/kernel.xml", render(kernel))


def _sources() -> str:
    """The generated C++ of the project it is called in, as one hash."""
    sha = hashlib.sha256()
    for path in sorted(Path().rglob("*.[ch]pp")):
        sha.update(path.as_posix().encode() + path.read_bytes())
    return sha.hexdigest() + "\n"


def main() -> None:
    folder, *words = sys.argv[1:]
    request = Path("..", "hls.json")
    kernel = None
    if request.is_file():
        said = json.loads(request.read_text())["signature"]
        path = Path("..", said["file"])
        kernel = kernels.load(path, str(path), form=said["format"])
    # Of each call its own: two builds may run at once.
    place = Path(folder, "hls", f"{kernel.name if kernel else 'none'}-{os.getpid()}")
    lay_out(place, kernel)
    os.execv(sys.executable, [sys.executable, str(place / "standin.py"), "vitis_hls", *words])


if __name__ == "__main__":
    main()
