"""Where an operation goes: method, path and key, by the conventions of ``docs/design/any-wsdl.md``; the best way first.

A way may be taken already, so there are several; the last ones are actions, of which there is always a free one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from adapter.mapping.proposal.nouns import plural, singular
from adapter.mapping.proposal.phrase import Phrase
from adapter.mapping.proposal.request import Asked, Value
from adapter.mapping.proposal.spelling import kebab
from adapter.mapping.proposal.words import JOINING, KEEPS, SEVERAL, TAILS

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
NOWHERE = ("actions",)
SEARCH = "search"
_NAMES: dict[tuple[Method, bool], tuple[str, ...]] = {
    ("GET", False): ("list",),
    ("GET", True): ("read",),
    ("POST", False): ("create",),
    ("PUT", True): ("update",),
    ("PATCH", True): ("patch",),
    ("DELETE", True): ("delete",),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One way: ``resource`` is its noun in the plural, ``action`` the last part of the path, "" where it has none.

    ``query``: the values that are neither key nor body are query parameters. ``sure`` is a percentage, ``why`` says
    what it was guessed from.
    """

    method: Method
    resource: tuple[str, ...]
    key: Value | None
    action: str
    query: bool
    sure: int
    why: str

    @property
    def name(self) -> str:
        """What the operation is called in its file."""
        return self.action or _NAMES[self.method, self.key is not None][0]

    @property
    def path(self) -> str:
        """The path below the resource."""
        parts = [f"{{{self.key.name}}}"] if self.key is not None else []
        return "/" + "/".join([*parts, *([self.action] if self.action else [])])


def ways(said: Phrase, asks: Asked, noun: Sequence[str], sure: int) -> Iterator[Way]:
    """Yield the ways for an operation, the best one first. ``noun`` is from its name, or less surely from its types."""
    if not noun:
        yield from _without_noun(said)
        return
    context = singular([word for word in said.context if word not in noun])
    seen: list[tuple[str, ...]] = []
    further = said.tail if said.act in ("read", "find") else ()
    for each, tail in ((short(noun), ()), (noun, ()), (noun, further), ((*context, *noun), further)):
        joined = tail[:1] and tail[0] in JOINING
        resource = plural((*each, *tail)) if joined else (*plural(each), *tail)
        if resource not in seen:
            seen.append(resource)
            yield from _best(said, asks, tuple(each), resource, sure - 10 * (len(seen) - 1))
    yield from _last(said, asks, short(noun))


def _without_noun(said: Phrase) -> Iterator[Way]:
    words = (*said.context, *said.words)
    for number in range(1, 100):
        name = kebab(words) + (f"-{number}" if number > 1 else "")
        yield Way("POST", NOWHERE, None, name, False, 50, "there is no noun in its name")


def short(noun: Sequence[str]) -> tuple[str, ...]:
    """Drop last words that add nothing."""
    found = tuple(noun)
    while len(found) > 1 and found[-1] in TAILS | SEVERAL and len("".join(found[:-1])) > 2:
        found = found[:-1]
    return found


def _best(said: Phrase, asks: Asked, noun: tuple[str, ...], resource: tuple[str, ...], sure: int) -> Iterator[Way]:
    verb, starts = said.verb, _starts(said)
    if not verb:
        # GET is safe (RFC 9110, section 9.2.1), and nobody has said that this is.
        yield Way("POST", NOWHERE, None, kebab(said.words), False, sure - 40, f"{starts}, so it may change something")
    elif said.act in ("read", "find"):
        yield _reading(said, asks, noun, resource, sure, starts)
    elif said.act == "create" or (verb[-1:] and verb[-1] in KEEPS and _key(asks, noun, said.act)[0] is None):
        yield Way("POST", resource, None, "", False, sure, f"{starts}, which makes one")
    else:
        key, why = _key(asks, noun, said.act)
        found = f"{starts}{why}"
        rest = [value for value in asks.values if value is not key]
        if key is None or said.act == "do":
            yield _acting(said, asks, noun, sure - (10 if said.act == "do" else 20))
        elif said.act == "remove":
            if asks.flat:
                yield Way("DELETE", resource, key, "", True, sure, found)
            yield _acting(said, asks, noun, sure - 20)
        elif rest or not asks.flat:
            part = said.act == "change"
            yield Way("PATCH" if part else "PUT", resource, key, "", False, sure - 10, found)
        else:
            yield _acting(said, asks, noun, sure - 20)


def _starts(said: Phrase) -> str:
    return f"the verb is {' '.join(said.verb)}" if said.verb else "there is no verb in its name"


def _reading(
    said: Phrase, asks: Asked, noun: tuple[str, ...], resource: tuple[str, ...], sure: int, starts: str
) -> Way:
    if not asks.flat:
        return Way("POST", resource, None, SEARCH, False, sure - 10, f"{starts}, and the request is not flat")
    key, why = (None, "") if said.act == "find" else _key(asks, noun, "read")
    if key is not None and said.several and not (key.required and _exactly(noun, key)):
        key = None
    if key is not None:
        return Way("GET", resource, key, "", True, sure, f"{starts}{why}")
    many = "" if said.several or said.act == "find" else ", without a key"
    return Way("GET", resource, None, "", True, sure - (0 if said.several else 10), f"{starts}{many}")


def _acting(said: Phrase, asks: Asked, noun: tuple[str, ...], sure: int) -> Way:
    """Return an action: on one where a key says which, on what the key is of where that is something else."""
    key, why = _key(asks, noun, "do")
    verb = said.verb or ("run",)
    why = f"{_starts(said)}{why}"
    owner, left = _owner(noun, key, asks.known)
    if not owner:
        return Way("POST", plural(noun), key, kebab((*verb, *said.tail)), False, sure, why)
    return Way("POST", plural(owner), key, kebab((*verb, *left, *said.tail)), False, sure - 10, why)


def _owner(
    noun: tuple[str, ...], key: Value | None, known: frozenset[tuple[str, ...]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the noun of the key where the action is done to that, and what is left of its own; () where it is not.

    It is not where the key is that of the noun, or of what the noun is a part of and known for itself; nor where the
    noun is known and that of the key is not.
    """
    theirs = singular(key.key_of or ()) if key is not None else ()
    if not theirs or key is None or _own(noun, key):
        exact = not theirs or key is None or _exactly(noun, key)
        return ((), ()) if exact or singular(noun) in known or theirs not in known else (theirs, noun[: -len(theirs)])
    if singular(noun) in known and noun[: len(theirs)] == theirs:
        return (), ()
    inside = next((at for at in range(len(noun)) if singular(noun[at : at + len(theirs)]) == theirs), None)
    whole = singular(noun[: inside + len(theirs)]) if inside is not None else theirs
    for owner in (whole, theirs, next((each for each in sorted(known) if each[-len(theirs) :] == theirs), ())):
        if owner in known:
            return owner, noun[inside + len(theirs) :] if inside is not None and owner == whole else noun
    return ((), ()) if singular(noun) in known else (theirs, noun)


def _last(said: Phrase, asks: Asked, noun: tuple[str, ...]) -> Iterator[Way]:
    """Yield what is left where every good place is taken."""
    verb = said.verb or ("get",)
    key, _ = _key(asks, noun, said.act) if said.act != "create" else (None, "")
    left = [word for word in said.words if word not in noun] or list(verb)
    for number in range(1, 100):
        name = kebab(left) + (f"-{number}" if number > 1 else "")
        why = "another operation has the method and path that it would have"
        yield Way("POST", plural(noun), key, name, False, 40, why)


def _key(asks: Asked, noun: tuple[str, ...], act: str) -> tuple[Value | None, str]:
    """Return the value that says which one is meant, and why."""
    named = [value for value in asks.values if value.top and value.key_of is not None and not _usual(asks, value)]
    # Where nothing must be there, what must be there says nothing.
    loose = not any(value.required for value in asks.values)
    required = [value for value in named if value.required or loose]
    own = [value for value in named if _own(noun, value) and (value.required or loose or not required)]
    exact = [value for value in own if _exactly(noun, value)]
    found = next(iter((*exact, *own, *required)), None)
    if found is not None and (found in required or act not in ("do", "read") or _exactly(noun, found)):
        return (found, f", and it takes {found.path}") if found in required or act != "do" else (None, "")
    must = [value for value in asks.values if value.required and not value.common]
    alone = must[0] if len(must) == 1 and must[0].top and (asks.flat or act == "remove") else None
    if alone is not None and alone.builtin not in ("boolean", "base64Binary", "hexBinary"):
        about = set(singular(alone.words)) & set(singular(noun)) or alone.words[-1:] == ("name",)
        only = act in ("read", "remove") and len([value for value in asks.values if not value.common]) == 1
        if about or only:
            return alone, f", and all that it must have is {alone.path}"
    return None, ""


def _usual(asks: Asked, value: Value) -> bool:
    """Tell whether most requests hold a value, but this one has keys that they do not hold."""
    return value.common and any(each.top and each.key_of is not None and not each.common for each in asks.values)


def _own(noun: Sequence[str], key: Value) -> bool:
    """Tell whether a key is that of the noun: it names nothing else."""
    mine, theirs = singular(tuple(noun)), singular(key.key_of or ())
    return not theirs or mine[-len(theirs) :] == theirs or theirs[-len(mine) :] == mine


def _exactly(noun: Sequence[str], key: Value) -> bool:
    theirs = key.key_of
    return theirs is not None and (not theirs or singular(theirs) == singular(tuple(noun)))
