"""Closed-loop load: wrk keeps a number of connections busy and counts what came back."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

CONNECTIONS = 8
# Longer than any answer takes, so that a slow peer on a busy machine is slow and not wrong.
TIMEOUT_SECONDS = 20
_SCRIPT = """
local function file(name)
  local opened = io.open(name, "rb")
  local text = opened:read("*a")
  opened:close()
  return text
end
wrk.method = "{method}"
{headers}
{body}
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("\\n=%d %d %d %d %d %d %d\\n", summary.requests, summary.duration, errors.connect,
    errors.read, errors.write, errors.status, errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: answers, seconds on the wall, what failed by kind, and the load generator's own CPU seconds."""

    requests: int
    seconds: float
    errors: Mapping[str, int]
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def run(
    url: str,
    seconds: int,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    connections: int = CONNECTIONS,
) -> Round:
    """Ask ``url`` from ``connections`` connections, each again as soon as it is answered, for some seconds.

    Any status of 400 and more counts as an error. Raises CalledProcessError where wrk does not run.
    """
    with tempfile.TemporaryDirectory(prefix="bench-load-") as name:
        folder = Path(name)
        (folder / "body").write_bytes(body)
        script = _SCRIPT.format(
            method=method,
            headers="\n".join(
                f"wrk.headers[{json.dumps(key)}] = {json.dumps(value)}" for key, value in (headers or {}).items()
            ),
            body=f'wrk.body = file("{folder / "body"}")' if body else "",
        )
        (folder / "load.lua").write_text(script, "utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{TIMEOUT_SECONDS}s",
                   "-s", str(folder / "load.lua"), url]  # fmt: skip
        before = getrusage(RUSAGE_CHILDREN)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = getrusage(RUSAGE_CHILDREN)
    line = next(line for line in said.splitlines() if line.startswith("="))
    requests, micros, *failed = map(int, line[1:].split())
    errors = {kind: n for kind, n in zip(("connect", "read", "write", "status", "timeout"), failed, strict=True) if n}
    return Round(requests, micros / 1e6, errors, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
