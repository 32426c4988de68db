"""One card of tests/deploy/card.py for the stand-ins beside this file, as CARD says in JSON.

A deployed folder runs in a process of its own, as on a board; there a stand-in takes the place of
the vendor's library or driver, and this card that of the hardware.
"""

from __future__ import annotations

import ctypes
import json
import os
from typing import Any

from bitwright.kernel import load

from tests.deploy import card as stand

SAID = json.loads(os.environ["CARD"])  # by kernel: job (number format, sizes), library, base


def make() -> tuple[stand.Card, dict[str, dict[str, Any]]]:
    """The card, and what accelerator.json says of its kernels."""
    made = stand.Card()
    specs = {}
    for name, said in SAID.items():
        if name == "matmul":
            signature, function = stand.matmul(made)
        else:
            signature = load(stand.ROOT / "ip" / name / "kernel.yml", form=said["format"])
            function = getattr(ctypes.CDLL(said["library"]), name)
        specs[name] = made.add(said["base"], signature, function)
    return made, specs


CARD, SPECS = make()
