"""The rules that operators load into Prometheus: they ask for what is there, and lead to pages that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from adapter import problems
from tests.docs_pages import operating
from tests.evidence.house import ROOT

_METRIC = re.compile(r"\b(adapter_[a-z_]+)\b(\{[^}]*\})?")
_LABEL = re.compile(r'(\w+) *(?:=~|!~|!=|=) *"')
_PROBLEM = re.compile(r'\bproblem *(?:=~|!~|!=|=) *"([^"]*)"')
_BY = re.compile(r"\bby \(([^)]*)\)")
_SIDES = re.compile(r" (?:[<>]=?|[=!]=|and|or|unless|[-+*/]) ")
_ADDED_UP = re.compile(r"\b(?:sum|max|min|avg|count)\b")
_ROW = re.compile(r"^    \* - (``adapter_.*)\n      - \w+\n      - (.*)$", re.MULTILINE)
_HEADING = re.compile(r"^(\S.*)\n([=\-~^])\2{3,}$", re.MULTILINE)


RULES = [
    rule
    for group in yaml.safe_load((ROOT / "ops" / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
NAMES = [rule["alert"] for rule in RULES]


def exported() -> dict[str, set[str]]:
    """Return the labels of each sample that the web process and ``adapter work`` export, by its name."""
    return {
        name: set(re.findall("``([a-z_]+)``", labels))
        for samples, labels in _ROW.findall(operating.metrics())
        for name in re.findall("``([a-z_]+)``", samples)
    }


def labels_asked(expr: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric that an expression names, and the labels that are asked of it: selected, or kept by ``by``."""
    for part in _SIDES.split(expr):
        by = {label for each in _BY.findall(part) for label in each.split(", ")}
        for name, selected in _METRIC.findall(part):
            yield name, by | set(_LABEL.findall(selected))


def test_the_labels_that_an_expression_asks_for_are_seen() -> None:
    """Of both sides of a comparison, each with its own."""
    expr = (
        'sum by (a, b) (rate(adapter_x_total{c="1",d!~"2|3"}[5m])) > 0.1 * max by (e) (adapter_y) or absent(adapter_z)'
    )
    assert [("adapter_x_total", set("abcd")), ("adapter_y", {"e"}), ("adapter_z", set())] == list(labels_asked(expr))


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_a_rule_asks_for_what_is_there(rule: Any) -> None:
    """Names of metrics, their labels and problem types; a rule about what nobody counts would never fire."""
    known, asked = exported(), list(labels_asked(rule["expr"]))
    assert asked
    assert [] == [
        (name, labels - known.get(name, set())) for name, labels in asked if not known.get(name, {""}) >= labels
    ]
    assert set() == {name for name, _ in asked} - known.keys()
    problems_asked = {each for some in _PROBLEM.findall(rule["expr"]) for each in some.split("|")}
    assert set() == problems_asked - problems.HOUSE.keys()


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_a_rule_shows_labels_that_its_result_has(rule: Any) -> None:
    """Those that ``by`` keeps; all of them where nothing is added up."""
    asked, shown = rule["expr"], set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    kept = {label for each in _BY.findall(asked) for label in each.split(", ")}
    if not _ADDED_UP.search(asked):
        kept = set.intersection(*(exported()[name] for name, _ in labels_asked(asked)))
    assert set() == shown - kept


def sections(page: str) -> set[str]:
    """Return the anchors of a page's sections. One of a number is none: docutils drops it, GitHub does not."""
    found = _HEADING.findall((ROOT / page).read_text("utf-8"))
    return {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")
        for heading, _ in found
        if not heading[0].isdigit()
    }


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_a_rule_says_what_it_is_about_and_where_to_read_on(rule: Any) -> None:
    """A section that is there, of a page that names the rule; and one of two severities."""
    assert rule["annotations"]["summary"]
    page, _, section = rule["annotations"]["runbook"].partition("#")
    assert section in sections(page)
    assert f"``{rule['alert']}``" in (ROOT / page).read_text("utf-8")
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_each_rule_has_a_name_of_its_own() -> None:
    """Else one would hide another."""
    assert sorted(set(NAMES)) == sorted(NAMES)
