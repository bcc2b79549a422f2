"""Which calls may try an endpoint whose breaker is not closed: so many over all workers, and what they found out.

It is asked only by workers whose own breaker is open. The store knows until when it stays so, who tries now (each for
so long at most: of a worker that was killed nothing is left), how many succeeded, and that it is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from adapter.shared.link import Script, Shared

_MICRO: Final = 1_000_000
_KEPT_SECONDS: Final = 3600
_SAYINGS: Final[tuple[Saying, ...]] = ("probe", "busy", "open", "closed")

Saying = Literal["probe", "busy", "open", "closed"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call that would try is told: it may, others do, it is too early by ``seconds``, or it is well again."""

    saying: Saying
    seconds: float = 0.0


def open_shared(shared: Shared, endpoint: str, seconds: float) -> bool:
    """Let nobody try for so long, and what those that try now will say not count. Return whether others know of it."""
    return shared.run(_OPEN, _keys(endpoint), int(seconds * _MICRO), _KEPT_SECONDS) is not None


def try_shared(shared: Shared, endpoint: str, token: str, *, most: int, seconds: float) -> Answered | None:
    """Ask to try, in the name of ``token``, for so many seconds at most. None while the store is away."""
    answer = shared.run(_TRY, _keys(endpoint), token, most, int(seconds * _MICRO), _KEPT_SECONDS)
    return None if answer is None else Answered(_SAYINGS[int(answer[0])], int(answer[1]) / _MICRO)


def tried_shared(shared: Shared, endpoint: str, token: str, *, most: int, well: bool) -> bool | None:
    """Say that a try is over, and whether it was answered. Return whether that closes it; None: the store is away."""
    answer = shared.run(_TRIED, _keys(endpoint), token, most, int(well))
    return None if answer is None else bool(answer)


def _keys(endpoint: str) -> tuple[str, str]:
    return f"adapter:breaker:{endpoint}", f"adapter:probes:{endpoint}"


_OPEN = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local known = redis.call('HMGET', KEYS[1], 'until', 'closed')
local ends = now + tonumber(ARGV[1])
if known[1] and known[2] == '0' then ends = math.max(ends, math.min(tonumber(known[1]), now + 3600000000)) end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', ends), 'proved', 0, 'closed', 0)
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2])
return 1
""")
_TRY = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local known = redis.call('HMGET', KEYS[1], 'until', 'proved', 'closed')
if known[3] == '1' then return {3, 0} end
local ends = tonumber(known[1] or 0)
if ends > now and ends <= now + 3600000000 then return {2, ends - now} end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[2]) + tonumber(known[2] or 0) >= tonumber(ARGV[2]) then return {1, 0} end
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
redis.call('HSETNX', KEYS[1], 'closed', 0)
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return {0, 0}
""")
# Who is not among those that try any more has nothing to say: it was opened since, or took too long.
_TRIED = Script("""
if redis.call('ZREM', KEYS[2], ARGV[1]) == 0 or ARGV[3] == '0' then return 0 end
if redis.call('HINCRBY', KEYS[1], 'proved', 1) < tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'closed', 1)
redis.call('DEL', KEYS[2])
return 1
""")
