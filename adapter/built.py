"""A project that agrees, for whoever runs it: project folder and environment in, everything read, proved and compiled.

``build`` is the first phase: it raises BuildError with every mistake. The web process (``app``), the background process
(``work``) and the commands begin with it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapter import collector, operating
from adapter import settings as settings_room
from adapter.callers.issuers import issuers
from adapter.callers.opening import has_keys
from adapter.deliver.callback import keys_of
from adapter.durable import Durable
from adapter.errors import BuildError, Mistake
from adapter.following import follows
from adapter.identity import Credentials
from adapter.identity.signing import signing_problem
from adapter.keeping import keeps
from adapter.mapping.agreement.credentials import CALLBACK_SECRET, constants
from adapter.mapping.agreement.credentials import asked as credentials_asked
from adapter.mapping.agreement.services import check_retired
from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.blocks import BLOCKS, Block
from adapter.mapping.bound import Endpoint
from adapter.mapping.convert import Factory
from adapter.mapping.functions import Function
from adapter.mapping.functions import declared as declared_functions
from adapter.mapping.model.served import Retired
from adapter.mapping.model.service import CREDENTIALS
from adapter.mapping.model.soap import PATH_PARTS
from adapter.mapping.project import load_project, read_retired
from adapter.mapping.unscoped import unscoped
from adapter.problems import Problem
from adapter.settings import Settings, credential_name, endpoint_names, service_name, value_name
from adapter.shared import absent
from adapter.wsdl.documents import Documents, read_documents
from adapter.wsdl.load import contract
from adapter.wsdl.lock import check_lock
from adapter.wsdl.types import Contract


@dataclass(frozen=True, slots=True)
class Built:
    """A project whose every line agrees: settings, endpoints, and the contracts with the documents they came from.

    ``around`` is what its mappings may name beside their contracts. ``retired`` are files without one.
    """

    project: Path
    settings: Settings
    endpoints: tuple[Endpoint, ...]
    contracts: Mapping[str, Contract]
    documents: Mapping[str, Documents]
    around: Surroundings
    retired: tuple[Retired, ...] = ()

    @property
    def known(self) -> bool:
        """Whether callers have to be known."""
        return self.settings.callers == "known"

    @property
    def durable(self) -> bool:
        """Whether whoever runs it opens the store anyway, for writes or for keys of callers."""
        return keeps(self.endpoints) or (self.known and has_keys(self.settings))


@collector.paused()
def build(project: Path, environ: Mapping[str, str], blocks: Mapping[str, Block] = BLOCKS) -> Built:
    """Read and prove a whole project. Raise BuildError with every mistake in settings, mappings and contracts.

    ``blocks`` are the functions for header blocks; a golden case brings some with a clock of its own.
    """
    settings = settings_room.read(project, environ)
    documents: dict[str, Documents] = {}
    mistakes: list[Mistake] = []

    def load(folder: Path, name: str) -> Contract:
        documents[name] = read_documents(folder, name)
        read = contract(documents[name])
        mistakes.extend(check_lock(folder, [read]))
        return read

    credentials = credentials_of(project, settings)
    around = Surroundings(
        settings.value_of,
        settings.service_of,
        settings.endpoint_of,
        _converters(project, settings.converters),
        credentials.problem,
        credentials.text,
        blocks,
        _functions(project, settings.functions),
    )
    try:
        endpoints, contracts = load_project(project, load, around)
    except BuildError as error:
        raise BuildError([*error.mistakes, *mistakes]) from None
    retired = _retired(project, settings, endpoints, around, mistakes)
    mistakes.extend(absent(settings.shared))
    mistakes.extend(_too_many(endpoints, settings.workers))
    mistakes.extend(_unsignable(endpoints, credentials))
    mistakes.extend(_untold(endpoints, settings, credentials))
    mistakes.extend(_too_large(endpoints, settings.max_request_bytes))
    mistakes.extend(unscoped(endpoints) if settings.callers == "known" else ())
    if keeps(endpoints) or follows(endpoints):
        mistakes.extend(Durable(settings, project).check())
    mistakes.extend(operating.wrong(settings))
    mistakes.extend(issuers(settings.issuer)[1])
    mistakes.extend(settings_room.unused(replace(settings, issuer={}), _asked(endpoints, blocks, retired)))
    if mistakes:
        raise BuildError(mistakes)
    return Built(project, settings, endpoints, contracts, documents, around, retired)


def _retired(
    project: Path, settings: Settings, endpoints: tuple[Endpoint, ...], around: Surroundings, mistakes: list[Mistake]
) -> tuple[Retired, ...]:
    """Return the files without a contract, and note what is wrong with them."""
    found, wrong = read_retired(project)
    known = settings.callers == "known"
    mistakes += [*wrong, *check_retired(found, endpoints, around.service_of, around.credential, known=known)]
    return tuple(found)


def _too_many(endpoints: tuple[Endpoint, ...], workers: int) -> Iterator[Mistake]:
    """Yield a mistake for each guard with fewer places than workers, each of which needs one of its own."""
    files = {id(each.resource): each.resource for each in endpoints}.values()
    rules = [each.guard for file in files for each in (file.soap, file.http) if each is not None]
    for rule in {id(each): each for each in rules if each is not None}.values():
        if rule.place is not None and 0 < rule.concurrency < workers:
            text = f"concurrency: {rule.concurrency} is less than the {workers} workers, each of which has at least one"
            yield rule.place.mistake(text, "start fewer workers (ADAPTER_WORKERS), or raise 'concurrency'")


def _unsignable(endpoints: tuple[Endpoint, ...], credentials: Credentials) -> Iterator[Mistake]:
    for rule in (endpoint.resource.soap.identity for endpoint in endpoints):
        if rule is not None and (problem := signing_problem(rule, credentials)):
            variable = credential_name(rule.signature, "CERTIFICATE")
            yield rule.place.mistake(f"identity: {variable}: {problem}", "see log-in-at-the-erp in docs/howto")


def _untold(endpoints: tuple[Endpoint, ...], settings: Settings, credentials: Credentials) -> Iterator[Mistake]:
    """Yield what keeps callers from being told, where a mapping lets them ask for it."""
    rules = [each.write.rule for each in endpoints if each.write is not None and each.write.rule.callback]
    for rule in rules if not settings.callbacks else ():
        text = "callback: no origin may be told"
        yield rule.place.mistake(text, "set ADAPTER_CALLBACKS to origins such as https://shop.example")
    secret = credentials.text(*CALLBACK_SECRET) if rules else None
    try:
        keys_of(secret) if secret else None
    except ValueError as error:
        variable = credential_name(*CALLBACK_SECRET)
        yield rules[0].place.mistake(f"callback: {variable} {error}", "see deliver-later in docs/howto")


def _too_large(endpoints: tuple[Endpoint, ...], most: int) -> Iterator[Mistake]:
    for rule in (each.body.document for each in endpoints if each.body is not None):
        if rule is not None and rule.max_bytes > most:
            text = f"max_bytes: {rule.max_bytes} is more than ADAPTER_MAX_REQUEST_BYTES takes, which is {most}"
            yield rule.place.mistake(text, "raise that setting, or lower 'max_bytes'")


def _asked(endpoints: tuple[Endpoint, ...], blocks: Mapping[str, Block], retired: Iterable[Retired] = ()) -> set[str]:
    """Return the variables that the mappings ask for, so that one with a typing error is noticed."""
    asked: set[str] = set()
    for endpoint in endpoints:
        resource = endpoint.resource
        asked.update(endpoint_names(resource.soap.service, resource.soap.port))
        asked.update(value_name(each.setting) for each in constants(resource) if each.setting)
        if endpoint.session is not None:
            asked.update(endpoint_names(endpoint.session.login.resource.soap.service, endpoint.session.login.port.name))
        for _, name, part, _ in credentials_asked(resource, blocks):
            asked.add(credential_name(name, part))
            if part not in PATH_PARTS:
                asked.add(f"{credential_name(name, part)}_FILE")
    services = [*(each.resource.http for each in endpoints), *(each.http for each in retired)]
    for rule in (each for each in services if each is not None):
        asked.add(service_name(rule.service))
        names = [credential_name(name, part) for name in rule.names() for each in CREDENTIALS for part in each]
        asked.update(f"{name}{file}" for name in names for file in ("", "_FILE"))
    return asked


def declared(endpoints: tuple[Endpoint, ...]) -> tuple[Problem, ...]:
    """Return the problem types that the mappings add, each once."""
    found: dict[str, Problem] = {}
    for endpoint in endpoints:
        rules = [(rule.problem, rule.status, rule.title) for each in endpoint.whole() for rule in each.faults]
        empties = [each.reply.rule for each in endpoint.whole()]
        rules += [(empty.empty_problem, empty.empty_status, "") for empty in empties if empty.empty_status]
        for slug, status, title in rules:
            known = found.get(slug)
            if known is None or (title and not known.doc):
                words = title or slug.replace("-", " ").capitalize()
                found[slug] = Problem(slug, status, words, "The system behind this API said so.")
    return tuple(found.values())


def credentials_of(project: Path, settings: Settings) -> Credentials:
    """Return the credentials that a project's settings name."""
    return Credentials(settings.credential_of, settings.credential, project)


def _converters(project: Path, module: str) -> Mapping[str, Factory]:
    """Import the team's own converters."""
    return _own(project, module, "CONVERTERS", "name -> factory; see own-converter in docs/howto")


def _functions(project: Path, module: str) -> Mapping[str, Function]:
    """Import the team's own functions."""
    found, wrong = declared_functions(_own(project, module, "FUNCTIONS", "name -> function; see own-function"))
    if wrong:
        remedy = "see own-function in docs/howto"
        raise BuildError([Mistake("adapter.env", 0, 0, f"ADAPTER_FUNCTIONS: {text}", remedy) for text in wrong])
    return found


def _own(project: Path, module: str, name: str, remedy: str) -> Mapping[str, Any]:
    """Return a dictionary of the team's: of ``module``.py in the project folder, else of a module that Python finds.

    The module is theirs, so whatever it raises is a mistake of theirs to see.
    """
    if not module:
        return {}
    try:
        found = getattr(_module(project / f"{module.replace('.', '/')}.py", module), name)
    except Exception as error:
        text = f"ADAPTER_{name}: {module} cannot be imported ({type(error).__name__})"
        where = f"it is looked for in the project folder, then where Python looks; it must define {name}"
        raise BuildError([Mistake("adapter.env", 0, 0, text, where)]) from error
    if not isinstance(found, Mapping) or not all(callable(each) for each in found.values()):
        text = f"ADAPTER_{name}: {module}.{name} is not a dictionary of {remedy.partition(';')[0]}"
        raise BuildError([Mistake("adapter.env", 0, 0, text, remedy.partition("; ")[2])])
    return found


def _module(file: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, file) if file.is_file() else None
    if spec is None or spec.loader is None:
        return importlib.import_module(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
