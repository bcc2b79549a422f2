"""JSON values for bound types, made so that every property is reached and the contract's content model is kept."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from adapter.mapping.bound import BoundField, BoundType
from adapter.mapping.flat import shown
from adapter.mapping.occurrence import Part
from adapter.mapping.when import hold
from adapter.proof.plans import Plans

# A property: the key of its bound type, and its name.
Property = tuple[str, str]
MAX_DEPTH = 40


class Values:
    """Makes values of the bound types of one endpoint.

    A *wide* value holds every property of each type that it meets for the first time; in a choice, those that were met
    least. Any other value is random, with few optional properties below ``depth``. ``met`` counts what was made so far.
    """

    def __init__(
        self, plans: Plans, source: random.Random, met: Counter[Property], *, wide: bool, depth: int = 3
    ) -> None:
        self.plans, self.source, self.met, self.wide, self.depth = plans, source, met, wide, depth
        self.density = source.choice((0.2, 0.5, 0.8))
        self._seen: set[str] = set()

    def object(self, key: str, level: int = 0) -> dict[str, Any]:
        """Return an object of the bound type with a key. Raise LookupError where a value it needs cannot be made."""
        if level > MAX_DEPTH:
            raise LookupError(f"{self.plans.types[key].name} holds itself without end")
        bound = self.plans.types[key]
        if bound.variants:
            variant = self._least(bound.variants, lambda each: [(bound.key, each.value)])
            self.met[bound.key, variant.value] += 1
            return {bound.discriminator: variant.value, **self.object(variant.type, level)}
        full = self.wide and key not in self._seen
        self._seen.add(key)
        names = set(self._chosen(bound, self.plans.of(key).part, full, level))
        known = set(_said(self.plans.of(key).part))
        for field in shown(bound):
            # The content model says nothing of further attributes.
            free = field.name not in known and field.markup is not None
            if field.required or (free and (full or self.source.random() < self.density)):
                names.update(_leaves(field))
        made: dict[str, Any] = self._built(bound, list(shown(bound)), names, level)
        for field in shown(bound):
            if field.when:
                self._agree(made, field, bound.record, level)
        return made

    def _agree(self, made: dict[str, Any], field: BoundField, record: str, level: int) -> None:
        """Leave out a property whose condition does not hold, and add one that is required where it does."""
        holds = hold(field.when, made, json=True)
        if holds is False:
            made.pop(field.name, None)
        elif holds and field.rule.required and field.name not in made:
            made[field.name] = self.value(field, record, level)

    def _chosen(self, bound: BoundType, part: Part, full: bool, level: int) -> Iterator[str]:
        """Yield the names of the values that stand in one part of the content model."""
        if part.kind == "choice":
            branches = [each for each in part.parts if each.names]
            if branches:
                chosen = self._least(branches, lambda each: [(bound.key, name) for name in each.names])
                names = list(self._chosen(bound, chosen, full, level))
                # A branch with nothing in it is none.
                yield from names or chosen.names[:1]
            return
        if not part.parts:
            yield from part.names
        for inner in part.parts:
            if inner.names and (inner.required or self._takes(bound, inner, full, level)):
                yield from self._chosen(bound, inner, full, level)

    def _takes(self, bound: BoundType, part: Part, full: bool, level: int) -> bool:
        """Tell whether an optional part is there."""
        if full:
            return True
        return level < self.depth and not self.wide and self.source.random() < self.density

    def _least(self, among: Iterable[Any], properties: Any) -> Any:
        """Return one of several: in a wide value one that was met least, else any."""
        found = list(among)
        if not self.wide:
            return self.source.choice(found)
        counts = [min((self.met[each] for each in properties(one)), default=0) for one in found]
        return self.source.choice([one for one, count in zip(found, counts, strict=True) if count == min(counts)])

    def _built(self, bound: BoundType, fields: list[BoundField], names: set[str], level: int, before: str = "") -> Any:
        made: dict[str, Any] = {}
        for field in fields:
            name = before + field.name
            if field.rule.placeless or field.given_by_us:
                continue
            if not field.parts:
                if name in names:
                    self.met[bound.key, name] += 1
                    self._put(made, field, bound.record, level)
            elif field.codec is None:
                inner = self._built(bound, list(field.parts), names, level, f"{name}/")
                if inner or field.required:
                    made[field.name] = inner
            elif any(each.startswith(f"{name}/") for each in names):
                self.met.update((bound.key, f"{name}/{each.name}") for each in field.parts)
                parts = [str(self.plans.scalar(each, bound.record, self.source)) for each in field.parts]
                made[field.name] = field.rule.join.join(parts)
        return made

    def _put(self, made: dict[str, Any], field: BoundField, record: str, level: int) -> None:
        try:
            made[field.name] = self.value(field, record, level)
        except LookupError:
            # A wildcard may let in what nobody declares, and then nothing.
            if field.required or field.markup is None:
                raise

    def value(self, field: BoundField, record: str, level: int = 0) -> Any:
        """Return a value of one field: now and then null where that may be, an array, or one value."""
        if field.nullable and not self.wide and self.source.random() < 0.15:
            return None
        if field.items is not None and not field.items.step:
            keys = self.plans.samples(field.items.codec, field.type)[: self._count(field)]
            return {str(key): self._one(field, record, level) for key in keys}
        if field.shape in ("scalars", "objects"):
            return [self._one(field, record, level) for _ in range(self._count(field))]
        return self._one(field, record, level)

    def _count(self, field: BoundField) -> int:
        step = field.steps[-1]
        few = max(step.least, 1 if self.wide else self.source.choice((0, 1, 2)))
        return few if step.most is None else min(few, step.most)

    def _one(self, field: BoundField, record: str, level: int) -> Any:
        if field.type:
            return self.object(field.type, level + 1)
        return self.plans.scalar(field, record, self.source)


def _said(part: Part) -> Iterator[str]:
    """Yield the names that stand somewhere in the content model."""
    if not part.parts:
        yield from part.names
    for inner in part.parts:
        yield from _said(inner)


def _leaves(field: BoundField, before: str = "") -> Iterator[str]:
    if not field.parts:
        yield before + field.name
    for part in field.parts:
        if part.required or field.codec is not None:
            yield from _leaves(part, f"{before}{field.name}/")
