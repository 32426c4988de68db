"""The toy project, for builds that take part of a second."""

from __future__ import annotations

from tests.front.conftest import measured, toy

__all__ = ["measured", "toy"]
