"""Operations of which nothing says who may call them: a mistake where callers have to be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapter.errors import Mistake
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.operation import Resource

_REMEDY = "scopes: [{0}.{1}], or any (whoever is known), or public; ADAPTER_CALLERS=everyone asks nobody"
_OF_FILE = "scopes: {{read: [{0}.read], write: [{0}.write]}} in the file; ADAPTER_CALLERS=everyone asks nobody"


def unscoped(endpoints: Iterable[Endpoint]) -> Iterator[Mistake]:
    """Yield a mistake for each operation without scopes, or one for a file where no operation has any."""
    resources: dict[str, Resource] = {each.resource.name: each.resource for each in endpoints}
    for resource in resources.values():
        without = [rule for rule in resource.operations if rule.policy.scopes is None]
        if len(without) == len(resource.operations) > 1:
            text = f"{resource.name}: no scopes say who may call its operations"
            yield resource.place.mistake(text, _OF_FILE.format(resource.name))
            continue
        for rule in without:
            effect = "read" if rule.policy.effect == "read" else "write"
            text = f"{rule.name}: no scopes say who may call it"
            yield rule.place.mistake(text, _REMEDY.format(resource.name, effect))
