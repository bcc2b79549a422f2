"""How gunicorn runs the adapter. Address and number of workers are the deployment's: ``--bind``, ``WEB_CONCURRENCY``.

    gunicorn --config ops/gunicorn.conf.py 'adapter.app:create_app()'

Contracts and mappings are read once, before the workers are forked, and shared. So HUP re-reads nothing of ours. USR2
starts a new master beside this one, which relieves it once it can answer: `adapter reload`, and
docs/design/decisions/0003-reload.rst.
"""

from gevent import monkey

monkey.patch_all()  # before anything imports sockets, since the application is loaded here and not in the workers

import gc  # noqa: E402

gc.disable()  # until the fork: all that is imported and built here stays

import argparse  # noqa: E402
import contextlib  # noqa: E402
import ctypes  # noqa: E402
import fcntl  # noqa: E402
import logging  # noqa: E402
import mmap  # noqa: E402
import os  # noqa: E402
import pathlib  # noqa: E402
import resource  # noqa: E402
import shutil  # noqa: E402
import signal  # noqa: E402
import struct  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import termios  # noqa: E402
from types import FrameType  # noqa: E402

# The numbers of all workers are added up from files: in a fresh folder for each master, and the same one after HUP.
# prometheus_client asks for it while it is imported.
_PREFIX = "adapter-metrics-"
_folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix=_PREFIX)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder

# How many share each limit is asked for while the application is built, before gunicorn could tell.
_count = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
_count.add_argument("-w", "--workers", default=os.environ.get("WEB_CONCURRENCY", "1"))
os.environ.setdefault("ADAPTER_WORKERS", _count.parse_known_args()[0].workers)

import gevent  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402
from gunicorn.workers.base import Worker  # noqa: E402
from gunicorn.workers.ggevent import GeventWorker  # noqa: E402

from adapter import ahead, draining, settings  # noqa: E402
from adapter.errors import BuildError  # noqa: E402
from adapter.telemetry.compaction import compact  # noqa: E402


class Draining(GeventWorker):  # type: ignore[misc]
    """A worker that is told to stop (TERM) says at ``/readyz`` that it is not ready, and stops ADAPTER_DRAIN later.

    Until then it takes calls as before: who sends them needs a moment to look, and to send them elsewhere. Where
    another master has taken over the socket (USR2) there is nothing to look for.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; asked a second time, stop."""
        if not _drain or draining.going_on() or _relieved():
            super().handle_exit(sig, frame)
        else:
            draining.begin()
            gevent.spawn_later(_drain, super().handle_exit, sig, frame)


def _seconds_to_drain() -> int:
    """Return what the project says, before it is built: mistakes are told when it is."""
    environ = settings.environment()
    with contextlib.suppress(BuildError):
        return settings.read(settings.project(environ), environ).drain
    return 0


def _relieved() -> bool:
    """Return whether another master was started on the same socket, and lives."""
    (pid,) = struct.unpack("i", _SUCCESSOR[:4])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return bool(pid)


# Of this master, its workers and what it becomes with USR2: the process id of the latter, written before it is another.
_SUCCESSOR = mmap.mmap(-1, 4)
_drain = _seconds_to_drain()
worker_class = Draining
# Connections of one worker, busy and idle. A call that waits for the ERP is a greenlet and two sockets: some 60 KB, and
# what the caller sent. Further connections wait in the backlog. No ERP is asked by more than 1,000 calls of a worker at
# once; a further one waits within its own time.
worker_connections = 1200
backlog = 2048
preload_app = True
# Each call has two sockets open. What this process may open is raised as far as it may raise it itself.
_FILES = 16_384
# Each worker that can answer puts a byte in, so that the last one knows that it is.
_READY = os.pipe()

# Longer than the longest operation, so that a stopped worker ends what it began. Idle connections count as busy while
# a worker stops, so they are kept shortly; a proxy must let go of them sooner still (ops/nginx: 4 s).
graceful_timeout = 60 + _drain
keepalive = 5
timeout = 60  # of a worker that has stopped responding, not of a request: requests have deadlines of their own

limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
http_parser = "python"  # whatever is installed beside it: which broken requests are refused is tested with this one

# Nobody is believed here: the application counts the proxies it trusts (ADAPTER_PROXIES).
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

control_socket_disable = True
accesslog = None  # each request leaves one line of our own
errorlog = "-"


def on_starting(server: Arbiter) -> None:
    """Let many files be open, and say where too few may be.

    What gunicorn says about a request that it refuses is kept, but not the request line: a query is nobody's log.
    """
    logging.getLogger("gunicorn.error").addFilter(_without_the_request)
    needed, allowed = 2 * worker_connections + 256, _raise_files()
    if allowed < needed:
        text = "a worker may open %d files, and %d connections need %d: raise LimitNOFILE or --ulimit nofile"
        server.log.warning(text, allowed, worker_connections, needed)
    if sys.argv[0].endswith("__main__.py"):  # python -m gunicorn: its folder, if run as a file, would hide http
        server.START_CTX["args"] = [sys.executable, "-m", "gunicorn", *sys.argv[1:]]


def _raise_files() -> int:
    """Raise the soft limit of open files to what many calls in flight need; return what is allowed then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """Take what was built out of the collector's sight: it would write into each object, and so copy it for a worker.

    Nor does a worker wait then while a million objects that stay are looked at again.
    """
    gc.freeze()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let the collector look seldom: a request leaves next to nothing in cycles, and looking is for nothing then.

    Looking at a call in flight is looking at all of its stack. Once in 20,000 new objects is at most once in some 2,500
    requests, and for some milliseconds at most, also while a large reply is read.
    """
    gc.set_threshold(20_000, 4, 50)
    gc.enable()
    _give_back()


def _give_back() -> None:
    """Let memory go back to the system that large messages needed once (mallopt(3); only glibc has it).

    Left alone it has an arena for each thread of the store, raises by itself what it takes from the system in one piece
    (to 32 MiB), and then keeps what is free between what is not: 9 of 157 MB in calm.soak, and more each hour.
    """
    trim, in_one_piece, arenas = -1, -3, -8  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX in malloc.h
    with contextlib.suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(arenas, 2)
        mallopt(in_one_piece, 2**20)
        mallopt(trim, 2**22)


def pre_exec(server: Arbiter) -> None:
    """Tell the workers, in what is going to be the new master, who relieves them."""
    _SUCCESSOR[:4] = struct.pack("i", os.getpid())


def post_worker_init(worker: Worker) -> None:
    """Begin what requests will need, beside them (``adapter.ahead``): when the worker takes them, not before.

    Once all workers of a new master can answer, let the old one (USR2) end what it began, and go. A new master that
    cannot build its project never comes so far, and the old one goes on.
    """
    gevent.spawn(ahead.begin, worker.wsgi)
    os.write(_READY[1], b".")
    (ready,) = struct.unpack("i", fcntl.ioctl(_READY[0], termios.FIONREAD, bytes(4)))
    old = os.environ.get("GUNICORN_PID")
    if old and ready == worker.cfg.workers:
        with contextlib.suppress(ProcessLookupError):  # it has gone by itself
            os.kill(int(old), signal.SIGTERM)


def _without_the_request(record: logging.LogRecord) -> bool:
    if str(record.msg).startswith("Invalid request from ip="):
        record.msg = str(record.msg).partition(": ")[0]
    return True


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Keep what a dead worker counted, in one file for all of them; what it had in flight is over."""
    compact(pathlib.Path(_folder), worker.pid)


def on_exit(server: Arbiter) -> None:
    """Remove the folder of the metrics, unless the operator chose it."""
    if os.path.basename(_folder).startswith(_PREFIX):
        shutil.rmtree(_folder, ignore_errors=True)
