"""What makes two requests ask for the same, and the tags by which writes make answers old."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from adapter.cache.entry import Life
from adapter.errors import RequestError
from adapter.mapping.agreement.caches import NOT_FOUND
from adapter.mapping.bound import Endpoint
from adapter.mapping.bound_cache import Touch
from adapter.mapping.header_parameters import header_parameters
from adapter.messages import Request

Key = tuple[Hashable, ...]
_NAME = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Way:
    """How answers of one operation are kept.

    ``problems`` are those that say that there is none, ``absent`` for how long that counts. ``control`` is what clients
    are told (Cache-Control), ``vary`` the header fields that the answer depends on, ``timeout`` how long a call may
    take that nobody waits for.
    """

    operation: str
    life: Life
    absent: Life
    problems: frozenset[str]
    key: Callable[[Request], Key]
    tags: Callable[[Mapping[str, str]], tuple[str, ...]]
    control: str
    vary: str
    timeout: float

    def life_of(self, error: RequestError | None) -> Life:
        """Return for how long an answer counts, which is an error where there is no such thing."""
        return self.life if error is None else self.absent


def way(endpoint: Endpoint, timeout: float) -> Way:
    """Return how answers of an operation with ``cache:`` are kept. ``timeout``: where its mapping says none."""
    rule = endpoint.policy.cache
    assert rule is not None
    fields = [field.name for field in header_parameters(endpoint)]
    if endpoint.rollout is not None:
        fields += ["Accept-Language", "If-Match", "Rollout-Side"]  # they go with the request, or choose who answers it
    life = Life(float(rule.fresh), float(rule.stale), float(rule.stale_if_error))
    return Way(
        operation=endpoint.name,
        life=life,
        absent=Life(float(rule.not_found)),
        problems=frozenset(_problems(endpoint)),
        key=_moving(_key(endpoint.name, [each.lower() for each in fields], shared=rule.shared), endpoint),
        tags=_tags(endpoint.name, endpoint.touched.by),
        control=_control(life, touched=endpoint.touched.ever),
        vary=", ".join(each for each in fields if each != "If-Match"),
        timeout=endpoint.timeout or timeout,
    )


def _problems(endpoint: Endpoint) -> Iterator[str]:
    """Yield the problem types by which the ERP says that there is no such thing."""
    for each in endpoint.whole():
        yield from (rule.problem for rule in each.faults if rule.status in NOT_FOUND)
        if each.reply.rule.empty_status in NOT_FOUND:
            yield each.reply.rule.empty_problem


def _key(operation: str, fields: Sequence[str], *, shared: bool) -> Callable[[Request], Key]:
    """Return what says of a request what it asks for. Of parameters of one name the order counts, as it may to the ERP.

    The path has its parameters always in the same order.
    """

    def key(request: Request) -> Key:
        query = request.query
        return (
            operation,
            None if shared else request.caller.id,
            *request.path.values(),
            tuple(sorted(query, key=_NAME)) if len(query) > 1 else query,
            request.wanted,
            *[request.headers.get(name) for name in fields],
        )

    return key


def _moving(key: Callable[[Request], Key], endpoint: Endpoint) -> Callable[[Request], Key]:
    """Keep the answers of each side, and of each epoch of a feature, apart from those of others."""
    if endpoint.rollout is None:
        return key
    return lambda request: (*key(request), request.side, request.epoch)


def _control(life: Life, *, touched: bool) -> str:
    """Return Cache-Control. What a write can make old is asked for again by clients, since no write reaches them."""
    if touched:
        return "private, max-age=0, must-revalidate"
    parts = [f"private, max-age={life.fresh:.0f}"]
    parts += [f"stale-while-revalidate={life.stale:.0f}"] if life.stale else []
    parts += [f"stale-if-error={life.stale_if_error:.0f}"] if life.stale_if_error else []
    return ", ".join(parts)


def _tags(operation: str, ways: Sequence[tuple[str, ...]]) -> Callable[[Mapping[str, str]], tuple[str, ...]]:
    if not ways:
        return lambda path: (operation,)
    return lambda path: (operation, *[tag(operation, names, path) for names in ways])


def tag(operation: str, names: Iterable[str], path: Mapping[str, str]) -> str:
    """Return the tag of an operation's answers for some path parameters.

    ERPs take an id with and without leading zeros, in small and in capital letters. Too much is rather dropped than too
    little.
    """
    return "\0".join([operation, *(f"{name}={path.get(name, '').strip().lstrip('0').casefold()}" for name in names)])


def touched_tags(touches: Sequence[Touch]) -> Callable[[Request], tuple[str, ...]]:
    """Return what gives the tags that a write drops."""
    return lambda request: tuple(tag(touch.operation, touch.names, request.path) for touch in touches)
