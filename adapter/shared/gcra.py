"""Quotas by the generic cell rate algorithm (GCRA): what is used drains away evenly, and what is full is full.

One number tells the state of a quota: its ``debt``, the time until all of it is there again. Each use adds ``step``,
and as much time goes by. The same rule runs here and, over all workers, as a script at the shared store, by its clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from adapter.shared.link import Script, Shared

MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """``most`` uses in ``seconds``, all of which may be used at once."""

    most: int
    seconds: int

    @property
    def step(self) -> int:
        """Microseconds that one use stands for; whole, so that ``most`` of them fit exactly."""
        return max(1, self.seconds * MICRO // self.most)

    @property
    def full(self) -> int:
        """The debt in microseconds at which nothing is left."""
        return self.step * self.most

    def share(self, workers: int) -> Quota:
        """Return what one of some workers may give out that cannot ask the others: at least one."""
        return Quota(max(1, self.most // workers), self.seconds)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a quota stands: uses that are ``left``, seconds until there are more (``reset``), and until one is there.

    ``reset`` is the time until all of it is there again while some is left, else until the next use is there.
    """

    left: int
    reset: float
    wait: float


def standing(quota: Quota, debt: int) -> Standing:
    """Return how a quota stands whose debt is so many microseconds."""
    left = max(0, (quota.full - debt) // quota.step)
    wait = 0.0 if left else (debt + quota.step - quota.full) / MICRO
    return Standing(left, debt / MICRO if left else wait, wait)


def taken(quotas: Sequence[Quota], debts: Sequence[int]) -> tuple[bool, tuple[int, ...]]:
    """Use one of each quota, or none where one of them is used up: whether it was, and the debts from then on."""
    if any(debt + quota.step > quota.full for quota, debt in zip(quotas, debts, strict=True)):
        return False, tuple(debts)
    return True, tuple(debt + quota.step for quota, debt in zip(quotas, debts, strict=True))


def take_shared(
    shared: Shared, keys: Sequence[str], quotas: Sequence[Quota], known: Sequence[int]
) -> tuple[bool, tuple[int, ...]] | None:
    """Do the same over all workers, one key for each quota. None while the store is away.

    ``known`` are debts that it may have forgotten: what was used while it was away, or before it was started anew.
    """
    steps = [
        number
        for quota, debt in zip(quotas, known, strict=True)
        for number in (quota.step, quota.full, min(debt, quota.full))
    ]
    answer = shared.run(_TAKE, keys, *steps)
    return None if answer is None else (bool(answer[0]), tuple(answer[1:]))


# A debt above what is full can only come from a clock that was set back.
_TAKE = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local ends, allowed = {}, 1
for i, key in ipairs(KEYS) do
  local step, full = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local ending = tonumber(redis.call('GET', key) or now)
  ending = math.min(math.max(ending, now + tonumber(ARGV[3 * i])), now + full)
  ends[i] = ending
  if ending + step - now > full then allowed = 0 end
end
local answer = {allowed}
for i, key in ipairs(KEYS) do
  if allowed == 1 then ends[i] = ends[i] + tonumber(ARGV[3 * i - 2]) end
  if ends[i] > now and (allowed == 1 or tonumber(ARGV[3 * i]) > 0) then
    redis.call('SET', key, string.format('%.0f', ends[i]), 'PX', math.ceil((ends[i] - now) / 1000) + 1)
  end
  answer[i + 1] = ends[i] - now
end
return answer
""")
