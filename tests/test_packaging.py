"""What is shipped: a wheel is built and looked into, since a checkout hides a file that the package lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evidence.house import ROOT

CARRIED = ("mappings", "wsdl", "ops/demo", "tests/golden")
NEEDED = (
    "adapter",
    *CARRIED,
    "ops/gunicorn.conf.py",
    "adapter.env",
    "setup.cfg",
    "pyproject.toml",
    "README.rst",
    "LICENSE",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """A wheel of this checkout, built from a copy: a build folder left behind would leak into the next one."""
    copy = tmp_path_factory.mktemp("source")
    for name in NEEDED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", "out", "."]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next((copy / "out").glob("*.whl"))) as built:
        yield built


def test_wheel_carries_the_project_folder(wheel: zipfile.ZipFile) -> None:
    """An installed adapter brings the contracts, mappings, demonstration and examples of the checkout with it."""
    files = [file for folder in CARRIED for file in (ROOT / folder).rglob("*") if file.is_file()]
    files += [ROOT / "adapter.env", ROOT / "ops" / "gunicorn.conf.py"]
    expected = {f"adapter/_project/{file.relative_to(ROOT)}" for file in files if "__pycache__" not in file.parts}
    assert expected == {name for name in wheel.namelist() if name.startswith("adapter/_project/")}


def test_wheel_carries_every_module(wheel: zipfile.ZipFile) -> None:
    """An installed adapter lacks no module of the checkout, nor the mark that says it is typed."""
    expected = {str(file.relative_to(ROOT)) for file in (ROOT / "adapter").rglob("*.py")} | {"adapter/py.typed"}
    assert expected <= set(wheel.namelist())


def test_installed_package_works_alone(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Far from any checkout, the package finds the project that it carries and approves of it."""
    wheel.extractall(tmp_path / "installed")
    (tmp_path / "elsewhere").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "adapter", "check"],
        cwd=tmp_path / "elsewhere",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
