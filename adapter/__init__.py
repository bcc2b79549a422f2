"""Strangler Adapter: JSON endpoints in front of a SOAP ERP, declared in mapping files, moved away one by one.

Read ``pipeline`` first, then ``errors``; ``setup.cfg`` draws the rooms from top to ground.
"""

from __future__ import annotations

__version__ = "0.1.0"
