"""When the next call of an endpoint may leave, over all workers: a leaky bucket, and what the other side asked for."""

from __future__ import annotations

from adapter.shared.link import Script, Shared

MICRO = 1_000_000


def turn_shared(shared: Shared, endpoint: str, *, step: float, most: float) -> tuple[bool, float] | None:
    """Take the next turn, ``step`` seconds behind the one before, unless it is more than ``most`` seconds away.

    Return whether it was taken, and in how many seconds it is. None while the store is away.
    """
    answer = shared.run(_TURN, _keys(endpoint), int(step * MICRO), int(max(0.0, most) * MICRO))
    return None if answer is None else (bool(answer[0]), answer[1] / MICRO)


def pause_shared(shared: Shared, endpoint: str, seconds: float) -> None:
    """Let no turn come before some seconds from now."""
    shared.run(_PAUSE, _keys(endpoint), int(seconds * MICRO))


def _keys(endpoint: str) -> tuple[str, str]:
    return f"adapter:turn:{endpoint}", f"adapter:pause:{endpoint}"


# No turn is further away than somebody would have waited: what is comes from a clock that was set back.
_TURN = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local step, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local turn = tonumber(redis.call('GET', KEYS[1]) or now)
if turn < now or turn > now + 900000000 then turn = now end
turn = math.max(turn, tonumber(redis.call('GET', KEYS[2]) or 0))
if turn - now > most then return {0, turn - now} end
redis.call('SET', KEYS[1], string.format('%.0f', turn + step), 'PX', math.ceil((turn + step - now) / 1000) + 1)
return {1, turn - now}
""")
_PAUSE = Script("""
local clock = redis.call('TIME')
local ends = clock[1] * 1000000 + clock[2] + tonumber(ARGV[1])
if ends > tonumber(redis.call('GET', KEYS[2]) or 0) then
  redis.call('SET', KEYS[2], string.format('%.0f', ends), 'PX', math.ceil(tonumber(ARGV[1]) / 1000) + 1)
end
return 1
""")
