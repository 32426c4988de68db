"""What holds for every test: an example may take its time, and CI always sees the same ones."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "bitwright",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("bitwright")

os.environ["BITWRIGHT_MACHINE"] = ""  # of vendor tools none but those a test puts on PATH
