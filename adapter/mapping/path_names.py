"""Names in paths: which of the names that the contract has somewhere a step of a path means.

A name alone means what has this local name there, if only one has. ``core:Name`` means the one in the namespace that
``soap.namespaces`` calls ``core``; ``xml:`` needs no declaration (Namespaces in XML, section 3).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from adapter.wsdl.names import XML, clark
from adapter.wsdl.types import Contract, local_name


class PathError(ValueError):
    """A path leads nowhere. The message names the step; ``remedy`` says what stands there instead."""

    def __init__(self, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.remedy = remedy


def named(contract: Contract, name: str, known: Iterable[str], missing: Callable[[str], str]) -> str:
    """Return the one of ``known`` (Clark names) that ``name`` means. ``missing`` says that there is none.

    Raise PathError where it is none of them, or where several have the name.
    """
    found = alike(contract, name, known)
    if not found:
        raise PathError(missing(name), suggest(name, [_shown(contract, each, known) for each in dict.fromkeys(known)]))
    if len(found) > 1:
        where = " and in ".join(_quoted(each) for each in found)
        remedy = f"declare soap.namespaces: {{p: {_namespace(found[-1]) or chr(34) * 2}}} and write p:{name}"
        raise PathError(f"{name} stands there in {where}", remedy)
    return found[0]


def alike(contract: Contract, name: str, known: Iterable[str]) -> list[str]:
    """Return those of ``known`` that ``name`` may mean. Raise PathError for a prefix that nobody declared."""
    prefix, colon, local = name.rpartition(":")
    if not colon:
        return [each for each in dict.fromkeys(known) if local_name(each) == local]
    if prefix != "xml" and prefix not in contract.prefixes:
        declared = ", ".join(contract.prefixes)
        remedy = (
            f"declared are: {declared}" if declared else f"declare it: soap.namespaces: {{{prefix}: its namespace}}"
        )
        raise PathError(f"{name}: no namespace is called {prefix}", remedy)
    wanted = clark(XML if prefix == "xml" else contract.prefixes[prefix], local)
    return [wanted] if wanted in set(known) else []


def expanded(contract: Contract, name: str) -> str:
    """Return a name with a declared prefix as a Clark name, any other one as it is."""
    prefix, colon, local = name.rpartition(":")
    return clark(contract.prefixes[prefix], local) if colon and prefix in contract.prefixes else name


def matches(contract: Contract, name: str, key: str) -> bool:
    """Tell whether ``name`` may mean what has the Clark name ``key``. A prefix that nobody declared matches nothing."""
    try:
        return bool(alike(contract, name, [key]))
    except PathError:
        return False


def suggest(name: str, names: list[str]) -> str:
    """Say which known names come near ``name``."""
    near = difflib.get_close_matches(name, names, 1, 0.6)
    if not near:
        near = [known for known in names if known.lower() == name.lower()][:1]
    if near:
        return f"did you mean {near[0]}?"
    shown = ", ".join(names[:15]) + (", …" if len(names) > 15 else "")
    return f"there are: {shown}" if names else "it is empty"


def _shown(contract: Contract, key: str, known: Iterable[str]) -> str:
    """Return a name as a path would have it: with a prefix where its local name alone would not do."""
    if len({each for each in known if local_name(each) == local_name(key)}) == 1:
        return local_name(key)
    prefix = next((each for each, uri in contract.prefixes.items() if uri == _namespace(key)), "p")
    return f"{prefix}:{local_name(key)}"


def _namespace(key: str) -> str:
    return key.rpartition("}")[0].removeprefix("{")


def _quoted(key: str) -> str:
    return f"the namespace {_namespace(key)}" if _namespace(key) else "no namespace"
