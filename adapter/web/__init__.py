"""The edge: HTTP in, ``Request`` to a pipeline, ``Response`` or a problem document out. Only this room speaks HTTP."""

from __future__ import annotations

from adapter.web.edge import Install, Route, install
from adapter.web.house import Check

__all__ = ["Check", "Install", "Route", "install"]
