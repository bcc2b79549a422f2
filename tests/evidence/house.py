"""The rules of the house that a program can check, each a function that lists what breaks it as ``file:line: why``.

``tests/test_architecture.py`` asserts them; ``job.house`` counts four of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

from tests.evidence import Result

ROOT = Path(__file__).parents[2]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "misc"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def measure() -> Result:
    """Count what the house forbids in the package."""
    found = [*import_cycles(), *hidden_imports(), *long_files(), *undocumented()]
    return Result(f"{len(found)}" + (f" (first: {found[0]})" if found else ""), not found)


def sources(*folders: str) -> Iterator[tuple[str, str, ast.Module]]:
    """Yield path below the root, text and syntax tree of every Python file in the folders, the package by default."""
    for folder in folders or ("adapter",):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "_project" not in file.parts:
                text = file.read_text(encoding="utf-8")
                yield str(file.relative_to(ROOT)), text, ast.parse(text, filename=str(file))


def import_cycles() -> list[str]:
    """Module import cycles of the package. An import under TYPE_CHECKING counts: it is a dependency of the reader."""
    graph = grimp.build_graph("adapter", cache_dir=None)
    edges = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    found = []
    while True:
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            cycle: list[str] = error.args[1]
            found.append(" -> ".join(reversed(cycle)))
            edges[cycle[1]].discard(cycle[0])
        else:
            return sorted(found)


def hidden_imports() -> list[str]:
    """Imports inside functions of the package."""
    return [
        f"{path}:{node.lineno}: import inside {function.name}"
        for path, _, tree in sources()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def environment_reads() -> list[str]:
    """Places outside ``adapter.settings`` that read the process's environment."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    return [
        f"{path}:{node.lineno}: os.{name} outside settings"
        for path, _, tree in sources()
        if not path.startswith("adapter/settings")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Attribute)
        for name in _names_of_os(node)
        if name in names
    ]


def _names_of_os(node: ast.ImportFrom | ast.Attribute) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names] if node.module == "os" else []
    return [node.attr] if isinstance(node.value, ast.Name) and node.value.id == "os" else []


def long_files() -> list[str]:
    """Files of the package, its demo and its tests that no longer fit into a head."""
    return [
        f"{path}: {lines} lines"
        for path, text, _ in sources("adapter", "ops", "tests")
        if (lines := text.count("\n")) > MAX_FILE_LINES
    ]


def long_functions() -> list[str]:
    """Functions of the package with a body of too many lines, the docstring not counted."""
    return [
        f"{path}:{function.lineno}: {function.name} has {lines} lines"
        for path, _, tree in sources()
        for function in functions(tree)
        if (lines := _body_lines(function)) > MAX_FUNCTION_LINES
    ]


def _body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function below a node, methods and inner ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def undocumented() -> list[str]:
    """Modules, public classes, functions and methods of the package that have no docstring."""
    return [where for path, _, tree in sources() for where in _undocumented(path, tree, path)]


def _undocumented(path: str, node: ast.Module | ast.ClassDef | Function, name: str) -> Iterator[str]:
    if node.body and not ast.get_docstring(node):  # an empty __init__.py has nothing to say
        yield f"{path}:{getattr(node, 'lineno', 1)}: {name} has no docstring"
    if not isinstance(node, Function):
        for child in node.body:
            if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
                yield from _undocumented(path, child, child.name)


def forbidden_names() -> list[str]:
    """Modules with a name that says nothing."""
    return [path for path, _, _ in sources() if FORBIDDEN_NAMES & set(re.split(r"[/._]", path))]


def silent_tests() -> list[str]:
    """Test functions that do not say which behaviour they state."""
    return [
        f"{path}:{function.lineno}: {function.name} has no docstring"
        for path, _, tree in sources("tests")
        for function in functions(tree)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]


def mocks() -> list[str]:
    """Tests that import a mock library: a fake is a function or a small real server."""
    return [
        f"{path}:{node.lineno}: imports a mock library"
        for path, _, tree in sources("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any("mock" in name.split(".") for name in _names_imported(node))
    ]


def _names_imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    module = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return [*module, *(alias.name for alias in node.names)]
