"""``adapter rollout retire``: what of a mapping can go once the ERP is not asked any more, and the file without it."""

from __future__ import annotations

import re
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from adapter import app, settings, strict_json
from adapter.built import Built, build
from adapter.cli.command import UsageError, project_of, table
from adapter.durable import Durable
from adapter.mapping import files
from adapter.mapping.bound import Endpoint
from adapter.mapping.model.operation import Resource
from adapter.mapping.retired import kept
from adapter.mapping.served import retiring
from adapter.moving.features import features
from adapter.openapi import part_of
from adapter.rollout.stages import Standing
from adapter.settings import endpoint_names
from adapter.store import Connection, counted, rollouts

_STAYS = ("version", "resource", "path", "http")
_KEY = re.compile(r"([a-z_]+):")
_DAY = 86400.0


def retire(asked: Namespace) -> int:
    """Say what can go, and why not yet; with ``--write`` let it go."""
    built = build(project_of(asked).resolve(), settings.environment())
    own = [each for each in built.endpoints if each.resource.name == asked.feature]
    if asked.feature not in features(built.endpoints):
        raise UsageError(f"no mapping with `rollout:` has the resource {asked.feature}")
    resource = own[0].resource
    standing, quiet = _standing(built, asked.feature)
    reasons = [*_reasons(resource, standing, quiet)]
    print(table([("LINES", "WHAT CAN GO"), *_going(built, resource)]))
    for reason in reasons:
        print(f"not yet: {reason}")
    if not asked.write:
        return 1 if reasons else 0
    if reasons:
        return 1
    for line in _write(built, resource, own):
        print(line)
    return 0


def due(built: Built, standings: Sequence[Standing]) -> Iterator[str]:
    """Yield a line for each feature whose mapping has nothing to do any more."""
    resources = {each.resource.name: each.resource for each in built.endpoints}
    for standing in standings:
        if standing.stage == "complete" and standing.feature in resources:
            resource = resources[standing.feature]
            _, quiet = _standing(built, standing.feature)
            if not [*_reasons(resource, standing, quiet)]:
                days = f"{quiet / _DAY:.0f} days"
                name = resource.name
                yield f"{name}: the ERP was not asked for {days}; see what can go: adapter rollout retire {name}"


def _standing(built: Built, feature: str) -> tuple[Standing, float]:
    """Return where a feature stands, and the seconds since the ERP answered a call of it last."""

    def read(connection: Connection) -> tuple[Standing, float]:
        return rollouts.of(connection, feature), counted.last(connection, feature, "soap")

    standing, last = Durable(built.settings, built.project).store.read(read)
    return standing, max(0.0, time.time() - max(last, standing.since))


def _reasons(resource: Resource, standing: Standing, quiet: float) -> Iterator[str]:
    rule = resource.rollout
    assert rule is not None
    if standing.stage != "complete":
        yield f"it stands at {standing.stage}; the ERP is needed until it is complete"
    elif quiet < rule.retire * _DAY:
        yield f"the ERP answered {quiet / _DAY:.1f} days ago; `retire: {rule.retire:g}` says how long it has to be"
    for verb in rule.stays:
        yield f"{resource.name}.{verb} stays with the ERP; move it into a file of its own"


def _going(built: Built, resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the lines of the mapping that can go, and what nobody else needs then."""
    file = resource.place.file
    lines = (built.project / file).read_text("utf-8").splitlines()
    starts = [(number, found[1]) for number, line in enumerate(lines, 1) if (found := _KEY.match(line))]
    for (start, key), (after, _) in zip(starts, [*starts[1:], (len(lines) + 1, "")], strict=True):
        end = max(number for number in range(start, after) if number == start or lines[number - 1].strip())
        if key not in _STAYS:
            yield f"{file}:{start}-{end}", key
    yield from (("adapter.env", each) for each in _settings(built, resource))
    if not any(each.resource.soap.wsdl == resource.soap.wsdl for each in _others(built, resource)):
        yield f"wsdl/{resource.soap.wsdl}", "no other mapping needs this contract"


def _others(built: Built, resource: Resource) -> list[Endpoint]:
    return [each for each in built.endpoints if each.resource.name != resource.name]


def _settings(built: Built, resource: Resource) -> list[str]:
    """Return the settings of the ERP's address that no other mapping asks for."""
    soap = resource.soap
    own, shared = endpoint_names(soap.service, soap.port)
    left = {name for each in _others(built, resource) for name in _names(each.resource)}
    return [name for name in (own, shared) if name not in left and built.settings.endpoint_of(soap.service, soap.port)]


def _names(resource: Resource) -> tuple[str, str]:
    return endpoint_names(resource.soap.service, resource.soap.port)


def _write(built: Built, resource: Resource, own: Sequence[Endpoint]) -> Iterator[str]:
    """Write the document, then the file without a contract."""
    paths = dict.fromkeys(each.path for each in own)
    file, beside = built.project / resource.place.file, Path("retired", f"{resource.name}.json")
    place = built.project / "mappings" / beside
    place.parent.mkdir(exist_ok=True)
    place.write_text(kept([retiring(each) for each in own], part_of(app.openapi(built), paths)), "utf-8")
    document, _ = files.read(file, resource.place.file)
    assert document is not None
    file.write_text(_text(document.data, beside.as_posix()), "utf-8")
    yield f"wrote mappings/{beside.as_posix()} and {resource.place.file}"
    for name in _settings(built, resource):
        yield f"remove {name} where it is set: nothing asks for it"


def _text(data: Any, beside: str) -> str:
    """Return the mapping file without a contract. What the service calls our things stands in the document."""
    plain = {name: data[name] for name in ("version", "resource", "path")}
    http = {name: value for name, value in data["http"].items() if name != "fields"}
    lines = [f"{name}: {_json(value)}" for name, value in plain.items()]
    return "\n".join(
        [*lines, "http:", *(f"  {name}: {_json(value)}" for name, value in http.items()), f"openapi: {beside}", ""]
    )


def _json(value: Any) -> str:
    """Return a value as YAML: JSON is YAML, and a plain word needs no quotes."""
    plain = isinstance(value, str) and re.fullmatch(r"/?[a-z][A-Za-z0-9_/-]*", value)
    return value if plain else strict_json.encode(value).decode()
