"""The toy project, for builds that take part of a second."""

from __future__ import annotations

from tests.front.conftest import toy

__all__ = ["toy"]
