"""Agreement of ``guard:``: the files that name one endpoint say one thing about it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from adapter.errors import Mistake
from adapter.mapping.model.guard import GuardRule
from adapter.mapping.model.operation import Resource

Address = Callable[[Resource], tuple[str | None, str | None]]


def check_guards(resources: Sequence[Resource], address: Address) -> list[Mistake]:
    """Return a mistake for each guard that contradicts another one of its endpoint.

    ``address`` returns where a resource's port and its microservice are, None where nobody says.
    """
    first: dict[str, GuardRule] = {}
    mistakes = []
    for url, rule in [pair for resource in resources for pair in _guards(resource, *address(resource))]:
        known = first.setdefault(url, rule)
        if known != rule and rule.place is not None:
            text = f"guard: contradicts that of {known.place}, which is about the same endpoint"
            mistakes.append(rule.place.mistake(text, "say it in one file, or in the file that both of them use"))
    return mistakes


def _guards(resource: Resource, soap: str | None, http: str | None) -> Iterator[tuple[str, GuardRule]]:
    if soap is not None and resource.soap.guard is not None:
        yield soap, resource.soap.guard
    if http is not None and resource.http is not None and resource.http.guard is not None:
        yield http, resource.http.guard
