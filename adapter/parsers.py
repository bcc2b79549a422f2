"""How the value of a setting is read from its written form. Each raises ValueError with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)


def number(low: int, high: int) -> Callable[[str], int]:
    """Return the parser of a whole number within bounds."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text) or not low <= int(text) <= high:
            raise ValueError(f"not a whole number from {low} to {high}")
        return int(text)

    return parse


def seconds(text: str) -> float:
    """Read a number of seconds above 0, at most 3600."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or not 0 < float(text) <= 3600:
        raise ValueError("not a number of seconds above 0, at most 3600")
    return float(text)


def days(text: str) -> int:
    """Read a number of seconds from a minute to 31 days."""
    return number(60, 31 * 86400)(text)


def words(text: str) -> tuple[str, ...]:
    """Read words parted by commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def hosts(text: str) -> tuple[str, ...]:
    """Read hosts, each maybe with a port; at least one."""
    for host in (found := words(text)):
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host!r} is not a host or host:port")
    if not found:
        raise ValueError("no host at all, so nothing would be answered")
    return tuple(host.lower() for host in found)


def origins(text: str) -> tuple[str, ...]:
    """Read origins of browsers, or ``*``."""
    for origin in (found := words(text)):
        parts = urlsplit(origin)
        if origin != "*" and (parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}"):
            raise ValueError(f"{origin!r} is not an origin such as https://shop.example")
    return found


def told_origins(text: str) -> tuple[str, ...]:
    """Read origins without ``*``, in small letters."""
    if "*" in (found := origins(text)):
        raise ValueError("* would let callers make this service call anybody")
    return tuple(each.lower() for each in found)


def url(text: str) -> str:
    """Read an absolute http or https URL without a user in it."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("not an absolute http or https URL")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with a user or password in it, which would reach logs")
    if parts.port == 0:  # urlsplit checks the port only when asked for it
        raise ValueError("port 0 in a URL")
    return text


def optional_url(text: str) -> str:
    """Read what ``url`` reads, or nothing."""
    return url(text) if text else ""


def level(text: str) -> str:
    """Read a level of the log."""
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("not one of DEBUG, INFO, WARNING, ERROR")
    return text.upper()


def module(text: str) -> str:
    """Read the dotted name of a Python module, or nothing."""
    if text and not all(part.isidentifier() for part in text.split(".")):
        raise ValueError("not the dotted name of a Python module")
    return text


def not_empty(text: str) -> str:
    """Read a text that is something."""
    if not text:
        raise ValueError("nothing at all")
    return text


def one_of(*known: str) -> Callable[[str], str]:
    """Return the parser of one of some words."""

    def parse(text: str) -> str:
        if text not in known:
            raise ValueError(f"not one of {', '.join(known)}")
        return text

    return parse


def store(text: str) -> str:
    """Read a path, or a ``postgresql://`` URL without a password in it."""
    if "://" not in text:
        return not_empty(text)
    parts = urlsplit(text)
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise ValueError("not a path, and not a URL such as postgresql://adapter@db.example/adapter")
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        raise ValueError("a URL with a password in it, which would reach logs; it has a setting of its own")
    return text


def buckets_key(text: str) -> str:
    """Read the key of a keyed hash: at most 64 bytes (BLAKE2b, RFC 7693)."""
    if len(text.encode()) > 64:
        raise ValueError("is longer than 64 bytes")
    return text


def secrets(text: str) -> str:
    """Read secrets parted by commas, each of at least 32 characters."""
    if short := [word for word in words(text) if len(word) < 32]:
        raise ValueError(f"{len(short)} of its secrets have less than 32 characters")
    return text


def shared(text: str) -> str:
    """Read the URL of a Valkey or Redis, or nothing."""
    parts = urlsplit(text)
    if not text:
        return text
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError("not a URL such as redis://valkey.example:6379/0")
    if parts.scheme == "unix" and not parts.path:
        raise ValueError("a unix:// URL without the path of a socket")
    if parts.scheme != "unix" and not re.fullmatch(r"/?[0-9]{0,4}", parts.path):
        raise ValueError("a URL whose path is not the number of a database")
    if parts.query:
        raise ValueError("a URL with a query; how it is asked is not set there")
    if parts.port == 0:  # urlsplit checks the port only when asked for it
        raise ValueError("port 0 in a URL")
    return text
