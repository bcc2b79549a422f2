"""The rules that operators load into Prometheus: they ask for what is there, and lead to pages that are there."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from adapter import problems
from tests.evidence.house import ROOT

_NAME = re.compile(r"\badapter_[a-z_]+\b")
_SELECTED = re.compile(r"\b(adapter_[a-z_]+)\{([^}]*)\}")
_ROW = re.compile(r"^    \* - (``adapter_.*)\n      - \w+\n      - (.*)$", re.MULTILINE)


RULES = [
    rule
    for group in yaml.safe_load((ROOT / "ops" / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
NAMES = [rule["alert"] for rule in RULES]


def documented() -> dict[str, set[str]]:
    """Return the labels of each sample, by its name, as the reference has them."""
    text = (ROOT / "docs" / "reference" / "metrics.rst").read_text("utf-8")
    return {
        name: set(re.findall("``([a-z_]+)``", labels))
        for samples, labels in _ROW.findall(text)
        for name in re.findall("``([a-z_]+)``", samples)
    }


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_a_rule_asks_for_what_is_there(rule: Any) -> None:
    """Names of metrics, labels and problem types; a rule about what nobody counts would never fire."""
    known, asked = documented(), rule["expr"]
    names = set(_NAME.findall(asked))
    assert names
    assert set() == names - known.keys()
    grouped = {label for each in re.findall(r"by \(([^)]*)\)", asked) for label in each.split(", ")}
    shown = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    selected = set()
    for name, inside in _SELECTED.findall(asked):
        labels = dict(re.findall(r'(\w+)!?=~?"([^"]*)"', inside))
        assert set() == labels.keys() - known[name]
        selected |= set(labels.get("problem", "").split("|")) - {""}
    assert set() == selected - problems.HOUSE.keys()
    assert any(grouped | shown <= known[name] for name in names)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_a_rule_says_what_it_is_about_and_where_to_read_on(rule: Any) -> None:
    """A page that is there, and one of two severities."""
    assert rule["annotations"]["summary"]
    assert (ROOT / rule["annotations"]["runbook"]).is_file()
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_each_rule_has_a_name_of_its_own() -> None:
    """Else one would hide another."""
    assert sorted(set(NAMES)) == sorted(NAMES)
