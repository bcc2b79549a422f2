"""Endpoints that an operator has taken out of use, for projects whose workers share nothing but this store.

What is told here is lost where the store is: whoever knew of it goes on, and writes it down again (``seen``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from adapter.shared.link import Script, Shared

_KEY: Final = ("adapter:isolated",)


def seen(shared: Shared, known: Mapping[str, str]) -> dict[str, str] | None:
    """Return why endpoints are not to be asked, by their names. None while the store is away.

    ``known`` is what was seen before: it is written down where the store knows nothing at all.
    """
    answer = shared.run(_SEEN, _KEY, json.dumps(known))
    return None if answer is None else json.loads(answer)


def tell(shared: Shared, endpoint: str, reason: str) -> bool | None:
    """Tell why an endpoint is not to be asked; "": it may be. False: that was so already. None: the store is away."""
    answer = shared.run(_TELL, _KEY, endpoint, reason)
    return None if answer is None else bool(answer)


_SEEN = Script("""
local known = redis.call('GET', KEYS[1])
if not known then
  known = ARGV[1]
  redis.call('SET', KEYS[1], known)
end
return known
""")
_TELL = Script("""
local known = cjson.decode(redis.call('GET', KEYS[1]) or '{}')
local before, reason = known[ARGV[1]], ARGV[2]
if (before and reason ~= '') or (not before and reason == '') then return 0 end
known[ARGV[1]] = reason ~= '' and reason or nil
redis.call('SET', KEYS[1], next(known) and cjson.encode(known) or '{}')
return 1
""")
