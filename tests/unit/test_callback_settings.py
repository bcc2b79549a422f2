"""Callbacks need an origin that may be told, and a secret: said while building."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapter.built import build
from adapter.errors import BuildError
from tests.cases import SHAPES, shape_project

ORIGIN, SECRET = "ADAPTER_CALLBACKS", "ADAPTER_CREDENTIAL_CALLBACK_SECRET"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        (ORIGIN, None, "callback: no origin may be told"),
        (ORIGIN, "*", "* would let callers make this service call anybody"),
        (ORIGIN, "shop.example", "is not an origin"),
        (SECRET, None, "the settings have no SECRET of the credentials 'callback'"),
        (SECRET, "short", "has fewer than 24 bytes"),
        (SECRET, "whsec_***", "is not base64"),
    ],
)
def test_what_is_missing_or_wrong_is_a_mistake(name: str, value: str | None, text: str, tmp_path: Path) -> None:
    """Nothing starts that could not tell whom it promised to tell."""
    project = shape_project(SHAPES / "deliver-later", tmp_path / "project", "http://127.0.0.1:1")
    file = project / "adapter.env"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(f"{name}=")]
    file.write_text("\n".join([*lines, *([f"{name}={value}"] if value is not None else [])]) + "\n", "utf-8")
    with pytest.raises(BuildError) as caught:
        build(project, {})
    assert text in str(caught.value)
