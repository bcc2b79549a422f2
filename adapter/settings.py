"""What an operator sets, read once from ``adapter.env`` and the environment, then frozen. Nobody else reads either.

Each setting is declared once, in ``Settings``: the field's name in capitals behind ``ADAPTER_`` is the variable's name,
and the field carries its parser, its default in written form, and its help. The reference page comes from ``describe``.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from adapter import parsers
from adapter.declaring import Declared, Setting
from adapter.declaring import family as _family
from adapter.declaring import one as _one
from adapter.declaring import secret as _secret
from adapter.env_file import lines_of
from adapter.errors import BuildError, Mistake
from adapter.variables import PREFIX, credential_name, endpoint_names, service_name, spelled, value_name

__all__ = [
    "FILE", "PREFIX", "PROJECT", "Setting", "Settings", "credential_name", "describe", "endpoint_names", "environment",
    "project", "read", "service_name", "unused", "value_name",
]  # fmt: skip

FILE = "adapter.env"
PROJECT = "ADAPTER_PROJECT"
# Read before there are settings (which project; the password of `adapter wsdl add --user`), or by tests (the corpus).
NOT_SETTINGS = frozenset({PROJECT, "ADAPTER_WSDL_PASSWORD", "ADAPTER_CORPUS"})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, parsed. The families map the rest of a variable's name, in capitals, to its value."""

    endpoint: Mapping[str, str] = _family(
        "URL",
        parsers.url,
        "Where a SOAP port is called: ENDPOINT_<SERVICE>_<PORT>, or ENDPOINT_<SERVICE> for all its ports. "
        "The address a WSDL claims is never used.",
    )
    service: Mapping[str, str] = _family("URL", parsers.url, "Where a JSON microservice that mappings name is called.")
    value: Mapping[str, str] = _family(
        "text", str, "A constant that mappings ask for with `setting:`. May be a secret: it is never shown."
    )
    credential: Mapping[str, str] = _family(
        "text or path",
        parsers.not_empty,
        "What the adapter logs in at an ERP with: CREDENTIAL_<NAME>_<PART>, where a mapping says `identity:`; or at a "
        "new service, where `http:` says `credentials:` (TOKEN, or USER and PASSWORD, or KEY). Parts: "
        "USER, PASSWORD, TOKEN_URL, CLIENT_ID, CLIENT_SECRET, SCOPE, and the PEM files CERTIFICATE, KEY, CA, VERIFY; "
        "where a constant says `credential:` any part in capitals. With "
        "_FILE behind the part: a file that holds the text, read again when it changes. Never shown.",
    )
    issuer: Mapping[str, str] = _family(
        "text",
        parsers.not_empty,
        "Whose tokens (OAuth 2.0, RFC 9068) callers may show: ISSUER_<NAME>_<PART>. Parts: URL (its `iss`), AUDIENCE, "
        "JWKS (URL of its keys), ALGORITHMS (default RS256), TYPE (default at+jwt).",
    )
    title: str = _one("text", str, "API", "What the OpenAPI document calls this API.")
    api_version: str = _one("text", str, "1.0.0", "The version in the OpenAPI document.")
    callers: str = _one(
        "word",
        parsers.one_of("known", "everyone"),
        "known",
        "known: callers show an API key or a token, and each operation says in `scopes` what they need. everyone: "
        "nobody is asked and nothing is refused, for a demonstration.",
    )
    console: str = _one(
        "word",
        parsers.one_of("off", "on", "demo"),
        "off",
        "on: the operators' page at /console and the operator API at /v1/rollouts, where mappings have `rollout:`. "
        "demo: the same where nobody is asked who they are; whoever is on this machine may move features.",
    )
    hosts: tuple[str, ...] = _one(
        "hosts",
        parsers.hosts,
        "localhost,127.0.0.1,[::1]",
        "Names this service answers for, parted by commas; without a port any port. Others get 421.",
    )
    cors_origins: tuple[str, ...] = _one(
        "origins", parsers.origins, "", "Browser origins that may call, parted by commas; * for any. Without: none."
    )
    proxies: int = _one(
        "number",
        parsers.number(0, 10),
        "0",
        "How many proxies stand in front and append to X-Forwarded-For and -Proto.",
    )
    guard: str = _one(
        "word",
        parsers.one_of("enforce", "watch"),
        "enforce",
        "enforce, or watch: what a guard (`guard:`) would have refused is counted and logged, and nothing is refused.",
    )
    store: str = _one(
        "path or URL",
        parsers.store,
        "adapter.db",
        "Where writes, API keys and the audit are kept: a file (SQLite; a path in the project folder), or "
        "postgresql://user@host/database. Opened when something needs it.",
    )
    subjects: str = _one(
        "path or URL",
        parsers.store,
        "adapter-subjects.db",
        "Where the keys of data subjects are kept, apart from it and its backups. To erase one is to erase its key.",
    )
    store_password: str = _secret("text", str, "Password of both, where they are in PostgreSQL.")
    store_password_file: str = _one("path", str, "", "A file that holds it, read whenever a connection opens.")
    store_key: str = _secret(
        "secrets",
        parsers.secrets,
        "What bodies and keys in the store are protected with: at least 32 characters (`adapter store key` makes "
        "one). Several by commas while it is changed: the first is the new one.",
    )
    store_key_file: str = _one("path", str, "", "A file that holds it.")
    key_life: int = _one("seconds", parsers.days, "86400", "How long first answers to keys are kept, at most 31 days.")
    brake: str = _one(
        "path",
        parsers.not_empty,
        "rollout.brake",
        "The emergency brake (a path in the project folder): where this file stands, reads of the features that it "
        "names, one a line (none: all), are answered by the ERP at once.",
    )
    buckets_key: str = _secret(
        "text",
        parsers.buckets_key,
        "The secret that entities are spread by while features move: at most 64 bytes. "
        "Whoever changes it sends entities to the other side.",
    )
    buckets_key_file: str = _one("path", str, "", "A file that holds it.")
    callbacks: tuple[str, ...] = _one("origins", parsers.told_origins, "", "Origins that callbacks may go to.")
    shared: str = _secret(
        "URL",
        parsers.shared,
        "The Valkey or Redis through which workers and machines share limits and cached answers: redis://, rediss:// "
        "or unix://. Without it, or while it is away, each worker keeps to its part of each limit.",
    )
    workers: int = _one(
        "number",
        parsers.number(1, 1000),
        "1",
        "How many worker processes share each limit, on all machines. `adapter serve` and ops/gunicorn.conf.py set it "
        "where it is not set.",
    )
    cache_bytes: int = _one("bytes", parsers.number(2**16, 2**34), "33554432", "A worker's memory for kept answers.")
    cursor_life: float = _one("seconds", parsers.seconds, "3600", "How long the cursor of a list may be used.")
    timeout: float = _one("seconds", parsers.seconds, "10", "How long a call may take where its mapping says nothing.")
    drain: int = _one(
        "seconds",
        parsers.number(0, 300),
        "0",
        "How long a process that is told to stop (TERM) goes on taking calls, though /readyz says it is not ready.",
    )
    max_request_bytes: int = _one(
        "bytes", parsers.number(1, 2**30), "1048576", "Largest body a caller may send; more is 413."
    )
    max_reply_bytes: int = _one(
        "bytes", parsers.number(1, 2**32), "10485760", "Largest answer a backend may give, decoded; more is 502."
    )
    max_depth: int = _one(
        "number", parsers.number(1, 500), "64", "How deep arrays and objects in a body may be nested."
    )
    max_digits: int = _one(
        "number", parsers.number(1, 4000), "1000", "How many digits, or powers of ten, a number may have."
    )
    functions: str = _one(
        "module", parsers.module, "", "Python module with a dictionary FUNCTIONS of your own functions."
    )
    converters: str = _one(
        "module", parsers.module, "", "Python module with a dictionary CONVERTERS of your own converters."
    )
    traces: str = _one(
        "URL", parsers.optional_url, "", "Where spans go, by OTLP over HTTP: https://collector.example/v1/traces."
    )
    traces_percent: int = _one(
        "percent", parsers.number(0, 100), "100", "How many traces that begin here are recorded; others say so."
    )
    log_level: str = _one(
        "level", parsers.level, "INFO", "DEBUG, INFO, WARNING or ERROR. DEBUG adds calls of health checks."
    )

    def __reduce__(self) -> str:
        raise TypeError("settings hold secrets, so they are not pickled")

    def endpoint_of(self, service: str, port: str) -> str | None:
        """Return the URL that a SOAP port is pinned to, or None. The port's own variable wins over its service's."""
        own = self.endpoint.get(f"{spelled(service)}_{spelled(port)}")
        return own or self.endpoint.get(spelled(service))

    def service_of(self, name: str) -> str | None:
        """Return the URL of a JSON microservice, or None."""
        return self.service.get(spelled(name))

    def credential_of(self, name: str, part: str) -> str | None:
        """Return what is set for a part of credentials (``PASSWORD``, ``PASSWORD_FILE``), or None."""
        return self.credential.get(f"{spelled(name)}_{part}")

    def value_of(self, name: str) -> str | None:
        """Return the constant that a mapping asks for, or None."""
        return self.value.get(spelled(name))


def environment() -> Mapping[str, str]:
    """Return this process's environment. The one place that touches it."""
    return dict(os.environ)


def project(environ: Mapping[str, str], given: str = "") -> Path:
    """Return the project folder: ``given``, else ADAPTER_PROJECT, else here if it has mappings, else the carried."""
    chosen = given or environ.get(PROJECT, "")
    here = Path.cwd()
    return Path(chosen) if chosen else here if (here / "mappings").is_dir() else Path(__file__).parent / "_project"


def read(project: Path, environ: Mapping[str, str]) -> Settings:
    """Read ``project/adapter.env`` and ``environ`` (which wins). Raise BuildError with every mistake in either."""
    mistakes: list[Mistake] = []
    written = lines_of(project / FILE, FILE, mistakes) | {
        name: (value, "environment", 0)
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in NOT_SETTINGS
    }
    values: dict[str, Any] = {}
    for name, (text, file, line) in written.items():
        place = _place(name)
        if place is None:
            remedy = _closest(name, [setting.name for setting in describe()]) or "see the reference of settings"
            mistakes.append(Mistake(file, line, 1, f"{name} is not a setting", remedy))
            continue
        target, key = place
        try:
            value = _DECLARED[target].parse(text)
        except ValueError as error:
            mistakes.append(Mistake(file, line, 1, f"{name}: {error}", _DECLARED[target].doc))
            continue
        if key:
            values.setdefault(target, {})[key] = value
        else:
            values[target] = value
    if mistakes:
        raise BuildError(mistakes)
    return Settings(**values)


def unused(settings: Settings, asked: Collection[str]) -> tuple[Mistake, ...]:
    """Return a mistake for each variable of a family that is not among ``asked`` (full names)."""
    given = [f"{_variable(target)}_{key}" for target in _FAMILIES for key in getattr(settings, target)]
    return tuple(
        Mistake(FILE, 0, 0, f"{name} is set, but nothing asks for it", _closest(name, asked) or "remove it")
        for name in sorted(given)
        if name not in asked
    )


def describe() -> tuple[Setting, ...]:
    """Return every setting in the order of declaration, for the reference page."""
    return tuple(
        Setting(
            _variable(target) + ("_<NAME>" if target in _FAMILIES else ""),
            known.kind,
            known.default,
            known.doc,
            known.secret,
        )
        for target, known in _DECLARED.items()
    )


def _variable(target: str) -> str:
    return PREFIX + target.upper()


def _place(name: str) -> tuple[str, str] | None:
    """Find the field a variable belongs to, and its key when the field is a family."""
    for target in _DECLARED:
        key = name.removeprefix(f"{_variable(target)}_")
        if target in _FAMILIES and key != name and re.fullmatch("[A-Z0-9_]+", key):
            return target, key
        if target not in _FAMILIES and name == _variable(target):
            return target, ""
    return None


def _closest(name: str, known: Collection[str]) -> str:
    match = difflib.get_close_matches(name, known, 1, 0.75)
    return f"did you mean {match[0]}?" if match else ""


_DECLARED: Mapping[str, Declared] = {target.name: target.metadata["declared"] for target in fields(Settings)}
_FAMILIES = tuple(target for target, declared in _DECLARED.items() if declared.family)
