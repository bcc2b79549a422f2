"""Programs that tests of the store run as processes of their own, since they are killed, patched or bounded."""

from __future__ import annotations

COMMITTING = """
import itertools, sys
from adapter.store import open_store, writes
from adapter.store.writes import Write
store = open_store(sys.argv[1])
for number in itertools.count(int(sys.argv[2])):
    row = Write("caller", "op", "queued", 1.0, key=str(number), request=bytes(3000))
    assert store.run(lambda connection: writes.insert(connection, row))
    print(number, flush=True)
"""
IN_GREENLETS = """
from gevent import monkey; monkey.patch_all()
import gevent, sqlite3, sys
from adapter.store import open_store, writes
from adapter.store.writes import Write
store = open_store(sys.argv[1])
store.read(lambda connection: None)
foreign = sqlite3.connect(sys.argv[1], isolation_level=None)
foreign.execute("BEGIN IMMEDIATE")
def others():
    for _ in range(20):
        gevent.sleep(0.001)
    foreign.execute("COMMIT")
    return "released"
waiting = gevent.spawn(store.run, lambda connection: writes.insert(connection, Write("c", "o", "queued", 1.0)))
print(gevent.spawn(others).get(), waiting.get().state)
"""
IN_GREENLETS_WITH_A_SERVER = """
from gevent import monkey; monkey.patch_all()
import gevent, psycopg, sys
from adapter.store import open_store, writes
from adapter.store.writes import Write
store = open_store(sys.argv[1])
store.read(lambda connection: None)
foreign = psycopg.connect(sys.argv[1])
foreign.execute("LOCK TABLE writes")
def others():
    for _ in range(20):
        gevent.sleep(0.001)
    foreign.rollback()
    return "released"
waiting = gevent.spawn(store.run, lambda connection: writes.insert(connection, Write("c", "o", "queued", 1.0)))
print(gevent.spawn(others).get(), waiting.get().state)
foreign.close()
store.close()
"""
ON_A_FULL_DISK = """
import resource, sys, os
from adapter.errors import StoreUnavailable
from adapter.store import open_store, writes
from adapter.store.writes import Write
store = open_store(sys.argv[1])
def put(number):
    row = Write("caller", "op", "queued", 1.0, key=str(number), request=bytes(3000))
    store.run(lambda connection: writes.insert(connection, row))
put(0)
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))
kept = 1
try:
    while kept < 1000:
        put(kept)
        kept += 1
except StoreUnavailable as error:
    print(error.problem)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
put("after")
found = store.read(lambda connection: writes.due(connection, "queued", 2.0, 9999))
print([row.key for row in found] == [str(number) for number in range(kept)] + ["after"])
"""
