"""accelerator.json: what was built, its kernels, and where their registers and memory are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMA = 1
BESIDE = Path(__file__).resolve().parent.parent  # the folder that was deployed


def read(folder: Path = BESIDE) -> Mapping[str, Any]:
    """The description of a deployed folder. Raises RuntimeError for one of another schema."""
    found: Mapping[str, Any] = json.loads((folder / "accelerator.json").read_text("utf-8"))
    if found["schema"] != SCHEMA:
        raise RuntimeError(f"{folder}: accelerator.json has schema {found['schema']}, not {SCHEMA}")
    return found
