"""One card of tests/deploy/card.py for the stand-ins beside this file, as CARD says in JSON.

A deployed folder runs in a process of its own, as on a board; there a stand-in takes the place of
the vendor's library or driver, and this card that of the hardware.
"""

from __future__ import annotations

import ctypes
import json
import os
from typing import Any

from tests.deploy import card as stand

SAID = json.loads(os.environ["CARD"])  # kernel, format, library, base


def make() -> tuple[stand.Card, dict[str, Any]]:
    """The card, and what accelerator.json says of its kernel."""
    made, job = stand.Card(), stand.job(SAID["kernel"], SAID["format"])
    function = getattr(ctypes.CDLL(SAID["library"]), SAID["kernel"])
    return made, made.add(SAID["base"], job.kernel, function)


CARD, SPEC = make()
