"""Base of our Edalize tools that make one Step (bitwright.engine)."""

from __future__ import annotations

import copy
from typing import Any

from edalize.tools.edatool import Edatool


class Stepped(Edatool):  # type: ignore[misc]  # Edalize is untyped
    """A tool whose options are its own: Edalize writes into what it is given."""

    @classmethod
    def get_tool_options(cls) -> dict[str, Any]:
        return copy.deepcopy(cls.TOOL_OPTIONS)
