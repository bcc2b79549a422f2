"""map.lines: lines of the NetSuite mapping for each REST operation / those of the same endpoints written by hand.

Counted are lines that are neither blank nor only a comment, and in Python no docstring: all that is there for these
endpoints alone. They are counted only if both answer every golden case alike.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

from tests.evidence import Result
from tests.netsuite import by_hand
from tests.netsuite.contract import ABSENT, CONTRACT
from tests.netsuite.golden import agrees, ask, cases, differs
from tests.netsuite.project import MAPPINGS, SETTINGS, account, adapter_app, by_hand_app

GOAL = 1 / 3
OPERATIONS = 20


def measure() -> Result:
    """Prove that both do the same, then count."""
    if not CONTRACT.is_dir():
        return Result(ABSENT, ok=False)
    with account() as (world, server), adapter_app(server) as app:
        hand = by_hand_app(server)
        wrong = [
            f"{case.operation} {case.name}"
            for case in cases()
            if differs(case, app, world) or not agrees(case, ask(hand, case, world)) or world.world.rejected
        ]
        operations = sum(rule.rule.startswith("/v1/") for rule in app.url_map.iter_rules())
    if operations < OPERATIONS:
        return Result(f"not counted: {operations} of {OPERATIONS} operations are mapped", ok=False)
    if wrong:
        return Result(f"not counted: {len(wrong)} cases differ, first {wrong[0]}", ok=False)
    mapped = sum(yaml_lines(path) for path in MAPPINGS.rglob("*.yaml")) + len(SETTINGS) + 1
    written = sum(python_lines(path) for path in Path(by_hand.__file__).parent.glob("*.py"))
    value = f"{mapped / written:.2f} ({mapped} of YAML and settings / {written} of Python, {operations} operations)"
    return Result(value, mapped / written <= GOAL)


def yaml_lines(path: Path) -> int:
    """Count the lines of a YAML file that say something."""
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def python_lines(path: Path) -> int:
    """Count the lines of a Python file that say something; docstrings and comments do not count."""
    text = path.read_text("utf-8")
    passed_over = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in passed_over | {tokenize.ENDMARKER}:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            lines.difference_update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return len(lines)
