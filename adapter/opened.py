"""What calls need, opened once for each process: pools of connections (no sockets yet), identities, sessions, ports."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from adapter.backends.soap import SoapPort
from adapter.backends.soap.login import logging_in
from adapter.backends.soap.tables import Kept, kept
from adapter.exchange import Exchange
from adapter.guard import Guard
from adapter.guard.isolation import Isolation
from adapter.guard.opening import opened as guard_opened
from adapter.guard.told import NOBODY as NOBODY_TOLD
from adapter.guard.told import Told
from adapter.identity import NOBODY, Credentials, Identity, Session, Tokens, greeting, identity, tls
from adapter.identity.bearer import MAX_BYTES, WHERE, client_credentials
from adapter.identity.services import service_login
from adapter.identity.signing import signing
from adapter.mapping.agreement.credentials import CURSOR_SECRET
from adapter.mapping.bound import BoundSession, Endpoint
from adapter.mapping.model.guard import GuardRule
from adapter.mapping.model.served import Retired
from adapter.mapping.model.soap import IdentityRule, PortKey, SoapRule
from adapter.mapping.tables import Table
from adapter.pipeline import Backends
from adapter.settings import Settings
from adapter.several import Cursors
from adapter.shared import Shared, open_shared
from adapter.translate.writer import secrets_of
from adapter.wsdl.addressing import WSA10
from adapter.wsdl.plain import plain_documents
from adapter.wsdl.types import Contract
from adapter.wsdl.zeep_documents import zeep_client
from adapter.wsse import Signing

POOL_SIZE = 1000


def open_backends(
    settings: Settings,
    endpoints: Sequence[Endpoint],
    contracts: Mapping[str, Contract],
    credentials: Credentials,
    told: Callable[[str], Told] = lambda name: NOBODY_TOLD,
    isolating: Callable[[Shared | None], Isolation | None] = lambda shared: None,
    retired: Sequence[Retired] = (),
) -> Backends:
    """Return the backends of a built project. ``told`` returns who is told of an endpoint, by its name.

    ``isolating`` returns what follows which endpoints operators have taken out of use. ``retired`` are files without a
    contract.
    """
    shared = open_shared(settings.shared)
    guards = Guards(settings, endpoints, told, shared, isolating(shared))
    opening = _Opening(settings, contracts, credentials, guards)
    ports: dict[PortKey, SoapPort] = {}
    services: dict[str, Exchange] = {}
    tables: dict[Table, Kept] = {}
    guarded: dict[str, Guard] = {}
    for endpoint in endpoints:
        rule = endpoint.resource.soap
        if rule.key not in ports and settings.endpoint_of(rule.service, rule.port) is not None:
            ports[rule.key] = opening.port(rule, endpoint.session)
        for lookup in endpoint.lookups:
            if lookup.table not in tables:
                tables[lookup.table] = kept(ports[rule.key], lookup, credentials.value)
        if endpoint.resource.http is not None and (url := settings.service_of(endpoint.resource.http.service)):
            services[endpoint.resource.http.service] = opening.exchange(url, None)
            guarded[endpoint.resource.http.service] = guards.at(url, endpoint.resource.http.service)
    for service in (each.http for each in retired):
        where = settings.service_of(service.service)
        if where is not None and service.service not in services:
            services[service.service] = opening.exchange(where, None)
            guarded[service.service] = guards.at(where, service.service, service.guard)
    cursors = Cursors(credentials.value(*CURSOR_SECRET), settings.cursor_life)
    login = partial(service_login, credentials=credentials)
    return Backends(ports, services, credentials.value, cursors, tables, guarded, shared, login=login)


class Guards:
    """The guard of each endpoint, opened once: the same one for all mappings that name it."""

    def __init__(
        self,
        settings: Settings,
        endpoints: Sequence[Endpoint],
        told: Callable[[str], Told],
        shared: Shared | None = None,
        isolation: Isolation | None = None,
    ) -> None:
        self._isolation, self._names = isolation, addresses(settings, endpoints)
        self._told, self._watch = told, settings.guard == "watch"
        self._shared, self._workers = shared, settings.workers
        self._rules = dict(_said(settings, endpoints))
        self._opened: dict[str, Guard] = {}

    def at(self, url: str, name: str, said: GuardRule | None = None) -> Guard:
        """Return the guard of the endpoint at a URL. ``name`` is how metrics and log lines call it.

        ``said`` is the rule where no mapping with a contract has one.
        """
        if url not in self._opened:
            rule = self._rules.get(url, said or GuardRule())
            names = {name, *self._names.get(url, ())}
            self._opened[url] = guard_opened(
                rule, self._told(name), watch=self._watch, name=name, shared=self._shared, workers=self._workers,
                isolated=self._isolation.gate(names) if self._isolation is not None else None,
            )  # fmt: skip
        return self._opened[url]


def addresses(settings: Settings, endpoints: Sequence[Endpoint]) -> Mapping[str, Sequence[str]]:
    """Return what metrics, log lines and commands call the endpoints at each URL that calls go to."""
    found: dict[str, list[str]] = {}
    for resource in {id(each.resource): each.resource for each in endpoints}.values():
        soap, http = resource.soap, resource.http
        pairs = [(settings.endpoint_of(soap.service, soap.port), f"{soap.service}.{soap.port}")]
        pairs += [(settings.service_of(http.service), http.service)] if http is not None else []
        for url, name in pairs:
            if url and name not in found.setdefault(url, []):
                found[url].append(name)
    return found


def _said(settings: Settings, endpoints: Sequence[Endpoint]) -> Iterator[tuple[str, GuardRule]]:
    """Yield what mappings say about an endpoint, by its URL; they say one thing (``agreement.guards``)."""
    for resource in {id(each.resource): each.resource for each in endpoints}.values():
        soap, http = resource.soap, resource.http
        if soap.guard is not None and (url := settings.endpoint_of(soap.service, soap.port)):
            yield url, soap.guard
        if http is not None and http.guard is not None and (url := settings.service_of(http.service)):
            yield url, http.guard


class _Opening:
    """Opens each thing once, however many mappings ask for it."""

    def __init__(
        self, settings: Settings, contracts: Mapping[str, Contract], credentials: Credentials, guards: Guards
    ) -> None:
        self._settings, self._contracts, self._credentials = settings, contracts, credentials
        self._guards = guards
        self._clients = {
            name: zeep_client(plain_documents(each), raw_response=True) for name, each in contracts.items()
        }
        self._exchanges: dict[tuple[str, IdentityRule | None], Exchange] = {}
        self._bearers: dict[str, Tokens] = {}
        self._sessions: dict[Hashable, Tokens] = {}
        self._signings: dict[IdentityRule | None, Signing | None] = {}

    def exchange(self, url: str, rule: IdentityRule | None) -> Exchange:
        if (url, rule) not in self._exchanges:
            limit = self._settings.max_reply_bytes
            files = tls(rule, self._credentials)
            greet = greeting(rule, self._credentials, url)
            self._exchanges[url, rule] = Exchange(
                url, max_reply_bytes=limit, pool_size=POOL_SIZE, greet=greet, allowed=None, **files
            )
        return self._exchanges[url, rule]

    def port(self, rule: SoapRule, session: BoundSession | None) -> SoapPort:
        """Open a port. Its address is set: `agree` proved that."""
        own = replace(rule.identity, session=None) if rule.identity is not None else None
        who = identity(own, self._credentials, self._bearer) if own is not None else NOBODY
        if own not in self._signings:  # one memory of the answers that were seen
            self._signings[own] = signing(own, self._credentials)
        who = replace(who, signing=self._signings[own])
        if session is not None:
            who = self._in_session(who, session, own)
        url = self._settings.endpoint_of(rule.service, rule.port) or ""
        where, guard = self.exchange(url, own), self._guards.at(url, f"{rule.service}.{rule.port}")
        return SoapPort(self._clients[rule.wsdl], rule.service, rule.port, where, who, self._addressing(rule), guard)

    def _addressing(self, rule: SoapRule) -> str:
        """Return the namespace of WS-Addressing that calls have, "" for none: what the contract says, else 1.0."""
        said = self._contracts[rule.wsdl].services[rule.service].ports[rule.port].addressing
        return (said.namespace if said is not None else WSA10) if rule.addressing else ""

    def _in_session(self, who: Identity, session: BoundSession, own: IdentityRule | None) -> Identity:
        """Add a session to an identity. Ports that log in in the same way share its tokens."""
        door = replace(session.login.resource.soap, identity=own)
        key = (self._settings.endpoint_of(door.service, door.port), door.key, door.headers, session.rule)
        secrets = secrets_of(session.login, self._credentials.value)
        if key not in self._sessions:
            ask = logging_in(self.port(door, None), session, self._credentials.value)
            self._sessions[key] = Tokens(ask, "login", secrets)
        tokens = self._sessions[key]
        return replace(who, session=Session(session.rule, tokens), secrets=lambda: (*who.secrets(), *tokens.secrets()))

    def _bearer(self, name: str) -> Tokens:
        if name not in self._bearers:
            value = self._credentials.value
            client, secret, scope = (value(name, part) for part in ("CLIENT_ID", "CLIENT_SECRET", "SCOPE"))
            url, authority = value(name, "TOKEN_URL")(), self._credentials.path(name, "CA")
            endpoint = Exchange(url, max_reply_bytes=MAX_BYTES, pool_size=1, ca_file=authority)
            ask = client_credentials(endpoint, client, secret, scope)
            self._bearers[name] = Tokens(ask, WHERE, lambda: (secret(),))
        return self._bearers[name]
