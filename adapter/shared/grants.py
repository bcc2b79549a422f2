"""How many places at an endpoint each worker may fill, so that all of them together fill no more than there are.

A worker says how many it wants and how many it has filled; it is granted its fair part of what is free, and keeps what
is filled. A grant is a lease: of a worker that was killed nothing is left once it ran out. Asking for places is seldom,
so a call costs nothing here.
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

    ``leads``: the limit is the one that this worker measured.
    """

    places: int
    limit: float
    filled: int
    leads: bool = False


def granted(
    shared: Shared, endpoint: str, worker: str, *, wanted: int, filled: int, limit: float, found: bool = False
) -> Granted | None:
    """Ask for places. None while the store is away.

    ``found``: ``limit`` was measured by this worker. Only one worker's measure counts at a time; the others get it.
    """
    keys = (f"adapter:places:{endpoint}", f"adapter:limit:{endpoint}")
    micro = int(LEASE_SECONDS * 1_000_000)
    answer = shared.run(_GRANT, keys, worker, wanted, filled, f"{limit:.3f}", micro, int(found))
    return None if answer is None else Granted(int(answer[0]), float(answer[1]), int(answer[2]), bool(answer[3]))


# Fair: everybody gets what he wants up to one line, which is as high as the limit allows.
_GRANT = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local worker, wanted, filled = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local limit, lease, found = ARGV[4], tonumber(ARGV[5]), ARGV[6] == '1'
local known = redis.call('HMGET', KEYS[2], 'who', 'limit')
local who, measure = known[1], known[2]
local leads = 0
if found and (not who or who == worker) then
  leads = 1
  redis.call('HSET', KEYS[2], 'who', worker, 'limit', limit)
  redis.call('PEXPIRE', KEYS[2], math.ceil(lease / 1000))
elseif measure then
  limit = measure
end
local whole = math.max(1, math.floor(tonumber(limit)))
local all = redis.call('HGETALL', KEYS[1])
local taken, busy, wants = 0, filled, {wanted}
for i = 1, #all, 2 do
  local places, want, used, ends = string.match(all[i + 1], '(%d+) (%d+) (%d+) (%d+)')
  if tonumber(ends) < now then
    redis.call('HDEL', KEYS[1], all[i])
  elseif all[i] ~= worker then
    taken = taken + tonumber(places)
    busy = busy + tonumber(used)
    wants[#wants + 1] = tonumber(want)
  end
end
table.sort(wants)
local rest, fair = whole, 0
for i, want in ipairs(wants) do
  fair = math.max(fair, math.ceil(rest / (#wants - i + 1)))
  rest = rest - math.min(want, rest / (#wants - i + 1))
end
local places = math.max(filled, math.min(wanted, fair, math.max(0, whole - taken)))
if places == 0 and wanted == 0 then
  redis.call('HDEL', KEYS[1], worker)
else
  local line = string.format('%d %d %d %.0f', places, wanted, filled, now + lease)
  redis.call('HSET', KEYS[1], worker, line)
  redis.call('PEXPIRE', KEYS[1], math.ceil(lease / 1000) * 2)
end
return {places, limit, busy, leads}
""")
