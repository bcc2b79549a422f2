"""Where something stands in a mapping file."""

from __future__ import annotations

from adapter.yaml_files import Place as Place
