"""Base of our Edalize flows: the tools beside the running Python come first on PATH.

Activated or not, an environment then finds what pip installed into it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from edalize.flows.edaflow import Edaflow


class Beside(Edaflow):  # type: ignore[misc]  # Edalize is untyped
    """A flow that needs nothing from the shell that called it, and whose options are its own."""

    @classmethod
    def get_flow_options(cls) -> dict[str, Any]:
        return deepcopy(cls.FLOW_OPTIONS)

    def _run_tool(
        self,
        cmd: str,
        args: list[str] = [],  # noqa: B006  # as Edalize declares it
        cwd: str | None = None,
        quiet: bool = False,
        env: Mapping[str, str] = {},
    ) -> Any:
        beside = str(Path(sys.executable).parent)
        path = os.pathsep.join((beside, os.environ.get("PATH", os.defpath)))
        return super()._run_tool(cmd, args, cwd, quiet, {"PATH": path, **env})
