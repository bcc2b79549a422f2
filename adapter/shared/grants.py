"""How many places at an endpoint each worker may fill, so that all of them together fill no more than there are.

A worker says how many it wants, and how many it may have filled until it hears the answer (``held``). It is granted its
fair part of what the others do not hold. Where that is less than it has filled, it fills none until it has less, so
that all of them together come down to a limit that shrank, however many calls wait. A grant is a lease: of a worker
that was killed nothing is left once it ran out. Asking for places is seldom, so a call costs nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapter.shared.link import Script, Shared

LEASE_SECONDS: Final = 2.0
"""How long a grant is good for unless it is renewed."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a worker was granted: its ``places``; and over all workers the ``limit``, and places that are ``filled``.

    ``leads``: the limit is the one that this worker measured. ``others``: places that other workers may have filled.
    """

    places: int
    limit: float
    filled: int
    leads: bool = False
    others: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A limit that a worker found. ``measuring``: it is few calls for a while, since what a call needs is measured."""

    limit: float
    measuring: bool = False


def granted(
    shared: Shared, endpoint: str, worker: str, *, wanted: int, filled: int, held: int, limit: float | Found
) -> Granted | None:
    """Ask for places. None while the store is away. ``held``: how many this worker fills at most until it hears.

    Where a limit was found by this worker, it is one that may change: only one worker's counts at a time, and the
    others get it. Each worker that wants a place has one then, as without a store; while it measures, the one who does.
    """
    keys = (f"adapter:places:{endpoint}", f"adapter:limit:{endpoint}")
    micro = int(LEASE_SECONDS * 1_000_000)
    found = limit if isinstance(limit, Found) else None
    number = f"{limit.limit if isinstance(limit, Found) else limit:.3f}"
    kind = "" if found is None else "measuring" if found.measuring else "found"
    answer = shared.run(_GRANT, keys, worker, wanted, filled, max(held, filled), number, micro, kind)
    if answer is None:
        return None
    places, limited, busy, leads, others = answer
    return Granted(int(places), float(limited), int(busy), bool(leads), int(others))


# Fair: everybody gets what he wants up to one line, which is as high as the limit allows.
_GRANT = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local worker, wanted, filled, held = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local limit, lease, kind = ARGV[5], tonumber(ARGV[6]), ARGV[7]
local known = redis.call('HMGET', KEYS[2], 'who', 'limit', 'kind')
local who, leads = known[1], 0
if kind ~= '' and (not who or who == worker) then
  who, leads = worker, 1
  redis.call('HSET', KEYS[2], 'who', worker, 'limit', limit, 'kind', kind)
  redis.call('PEXPIRE', KEYS[2], math.ceil(lease / 1000))
elseif known[2] then
  limit, kind = known[2], known[3]
end
local whole = math.max(1, math.floor(tonumber(limit)))
local all = redis.call('HGETALL', KEYS[1])
local taken, busy, wants, asking, first = 0, filled, {wanted}, wanted > 0 and 1 or 0, 0
for i = 1, #all, 2 do
  local places, want, used, ends = string.match(all[i + 1], '(%d+) (%d+) (%d+) (%d+)')
  if tonumber(ends) < now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= worker then
    taken = taken + tonumber(places)
    busy = busy + tonumber(used)
    wants[#wants + 1] = tonumber(want)
    if tonumber(want) > 0 then asking = asking + 1 end
    if kind == 'measuring' and all[i] == who and places == '0' and tonumber(want) > 0 then first = 1 end
  end
end
if kind == 'found' then whole = math.max(whole, asking) end
table.sort(wants)
local rest, fair = whole, 0
for i, want in ipairs(wants) do
  fair = math.max(fair, math.ceil(rest / (#wants - i + 1)))
  rest = rest - math.min(want, rest / (#wants - i + 1))
end
local places = math.min(wanted, fair, math.max(0, whole - taken - first))
held = math.max(held, places)
if held == 0 and wanted == 0 then
  redis.call('HDEL', KEYS[1], worker)
else
  local line = string.format('%d %d %d %.0f', held, wanted, filled, now + lease)
  redis.call('HSET', KEYS[1], worker, line)
  redis.call('PEXPIRE', KEYS[1], math.ceil(lease / 1000) * 2)
end
return {places, limit, busy, leads, taken}
""")
