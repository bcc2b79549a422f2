"""Mapping files as YAML: read as every file that people write, see ``adapter.yaml_files``."""

from __future__ import annotations

from adapter.yaml_files import MAX_BYTES, Document, Node, Path_, compose, parse, read

__all__ = ["MAX_BYTES", "Document", "Node", "Path_", "compose", "parse", "read"]
