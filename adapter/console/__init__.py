"""The operators' page: where features stand, how both sides do, and what moves them. Loaded where it is asked for.

Rule 1: every page is whole without its script, and nothing on it comes from elsewhere.
Rule 2: whoever changes something says why, and which epoch he saw; a form is taken from our own pages alone.
Rule 3: while the store is silent the last picture is shown, and said to be one.
"""

from __future__ import annotations

from adapter.console.pages import install
from adapter.console.parts import Parts

__all__ = ["Parts", "install"]
