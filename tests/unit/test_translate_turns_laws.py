"""Laws of groups that repeat: what stands in them keeps its order, whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.mapped import echo
from tests.unit.repeating import element, group, read, record, written


@st.composite
def models(draw: st.DrawFn, names: Iterator[str], depth: int = 2) -> tuple[str, Any]:
    """A random group of elements that each have a name of their own: its XSD, and what it is made of."""
    kind = draw(st.sampled_from(["sequence", "choice"]))
    items = []
    for _ in range(draw(st.integers(2, 3))):
        bounds = draw(st.sampled_from([(0, 1), (1, 1), (1, 2), (0, None)]))
        if depth and draw(st.integers(0, 2)) == 0:
            items.append((*draw(models(names, depth - 1)), bounds))
        else:
            name = next(names)
            items.append((name, name, bounds))
    xsd = "".join(
        group(inner[0], xsd, bounded(bounds)) if isinstance(inner, tuple) else element(xsd, bounded(bounds))
        for xsd, inner, bounds in items
    )
    return xsd, (kind, items)


def bounded(bounds: tuple[int, int | None]) -> str:
    """Bounds as attributes."""
    return f'minOccurs="{bounds[0]}" maxOccurs="{bounds[1] or "unbounded"}"'


def passes(draw: st.DrawFn, model: Any) -> Iterator[str]:
    """The names of elements that stand in one pass of a model, at random."""
    kind, items = model
    for _, inner, (least, most) in [draw(st.sampled_from(items))] if kind == "choice" else items:
        for _ in range(draw(st.integers(least, most or least + 2))):
            if isinstance(inner, tuple):
                yield from passes(draw, inner)
            else:
                yield inner


def fields_of(model: Any, types: dict[str, Any]) -> dict[str, Any]:
    """Properties for everything in a model; groups that repeat in it are arrays of turns, whose types are added."""
    fields: dict[str, Any] = {}
    for _, inner, (_, most) in model[1]:
        if not isinstance(inner, tuple):
            fields[inner] = inner
        elif most == 1:
            fields |= fields_of(inner, types)
        else:
            first = next(leaves_of(inner))
            name = f"T{len(types)}"
            types[name] = {}
            types[name]["fields"] = fields_of(inner, types)
            fields[f"g{first}"] = {"soap": f"group({first})", "each": name}
    return fields


def leaves_of(model: Any) -> Iterator[str]:
    """The names of all elements in a model."""
    for _, inner, _ in model[1]:
        yield from leaves_of(inner) if isinstance(inner, tuple) else (inner,)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_any_turns_come_back_in_order(data: st.DataObject) -> None:
    """Whatever stands in a group that repeats is read and written back as the very same elements in the same order."""
    names = (f"e{number}" for number in range(100))
    xsd, model = data.draw(models(names))
    types: dict[str, Any] = {}
    fields = fields_of(("sequence", [(xsd, model, (0, None))]), types)
    endpoint = echo(record(group(model[0], xsd)), fields, **types)
    children = [
        f"{name}={number}"
        for number, name in enumerate(
            name for _ in range(data.draw(st.integers(0, 4))) for name in passes(data.draw, model)
        )
    ]
    body = read(endpoint, " ".join(children))
    assert " ".join(children) == written(endpoint, body)
