"""Public component.xml files, beside the repository or in BITWRIGHT_IP_CORPUS; not everywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("BITWRIGHT_IP_CORPUS") or ROOT.parent / "shared" / "corpus" / "ip")
FILES = tuple(sorted(FOLDER.glob("component_xml/*.xml")))
needed = pytest.mark.skipif(
    not FILES, reason=f"no component.xml in {FOLDER}; set BITWRIGHT_IP_CORPUS to a folder with some"
)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


counted = pytest.mark.skipif(
    len(FILES) != 30, reason=f"{len(FILES)} component.xml in {FOLDER}, not the 30 that were counted"
)
