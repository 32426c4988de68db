"""The toy project with a plan that measures, and a small matrix."""

from __future__ import annotations

from tests.front.conftest import measured, toy

__all__ = ["measured", "toy"]
