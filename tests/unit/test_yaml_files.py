"""The fast parser of YAML and PyYAML's own say the same of every file, its mistakes too."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapter.mapping import files

ROOT = Path(__file__).parents[2]
TEXTS = [path.read_text("utf-8") for path in sorted((ROOT / "mappings").glob("*.yaml"))]


def both(text: str) -> tuple[object, object]:
    """What the parser that is chosen makes of a text, and what PyYAML's own does."""
    with pytest.MonkeyPatch.context() as patch:
        chosen = files.parse(text, "x")
        patch.setattr(yaml, "__with_libyaml__", False)
        return chosen, files.parse(text, "x")


@given(st.integers(0, 10**9))
def test_parsers_agree(seed: int) -> None:
    """Mappings with pieces taken out, doubled, or put elsewhere: the same data, places and mistakes."""
    source = random.Random(seed)
    text = source.choice(TEXTS)
    for _ in range(source.randrange(4)):
        at, other = sorted((source.randrange(len(text)), source.randrange(len(text))))
        piece = text[at : min(other, at + 40)]
        text = source.choice([text[:at] + text[at + len(piece) :], text[:other] + piece + text[other:]])
    chosen, own = both(text)
    assert own == chosen


def test_unusual_characters_are_judged_by_one() -> None:
    """A tab, a control character and a byte order mark are where parsers differ."""
    for text in ("a:\tb\n", "a: \x7f\n", "\ufeffa: b\n", "a: b\u2028c: d\n", "a: {b: c:d, e: }\n", "- a: 1\n-  b: 2\n"):
        chosen, own = both(text)
        assert own == chosen
