"""Chromium without a window, driven by its own protocol through two pipes: no driver and no package beside it.

https://chromedevtools.github.io/devtools-protocol/. Messages are JSON (RFC 8259), each ended by NUL.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = shutil.which("chromium")
_FLAGS: Final = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--force-color-profile=srgb", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE: Final = 60.0


class Broken(Exception):
    """The browser refused a command, or did not answer."""


class Page:
    """One tab. ``complaints``: what its console and its log said since it was opened."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number, self._rest = 0, b""
        self._session = ""
        self._loaded = 0
        self.complaints: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            found = self._next()
            if found.get("id") == self._number:
                if "error" in found:
                    raise Broken(f"{method}: {found['error']['message']}")
                result: dict[str, Any] = found["result"]
                return result

    def look(self, width: int, scheme: str) -> None:
        """Show pages at a width in pixels, ``light`` or ``dark``, without movement."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        features = [("prefers-color-scheme", scheme), ("prefers-reduced-motion", "reduce")]
        self.ask("Emulation.setEmulatedMedia", features=[{"name": name, "value": value} for name, value in features])

    def go(self, url: str) -> None:
        """Open an address, and wait until it is loaded."""
        before = self._loaded
        said = self.ask("Page.navigate", url=url)
        if said.get("errorText"):
            raise Broken(f"{url}: {said['errorText']}")
        self._wait(before)

    def send(self, form: str, **fields: str) -> None:
        """Fill in the fields of a form, by its selector, send it, and wait for the page behind it."""
        before = self._loaded
        script = (
            "(() => {{ const form = document.querySelector({form}); const fields = {fields};"
            "for (const name in fields) form.elements[name].value = fields[name]; form.requestSubmit(); }})()"
        )
        self.value(script.format(form=json.dumps(form), fields=json.dumps(fields)))
        self._wait(before)

    def value(self, script: str) -> Any:
        """Return what a script says, as JSON has it; a promise is waited for."""
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise Broken(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until a script says true."""
        until = time.monotonic() + PATIENCE
        while not self.value(script):
            if time.monotonic() > until:
                raise Broken(f"never true: {script}")
            select.select([self._back], [], [], 0.05)

    def picture(self, file: Path) -> None:
        """Take a picture of the whole page."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _wait(self, before: int) -> None:
        while self._loaded == before:
            self._next()

    def _next(self) -> dict[str, Any]:
        """Return the next message; events are taken note of."""
        while b"\0" not in self._rest:
            if not select.select([self._back], [], [], PATIENCE)[0]:
                raise Broken("no answer")
            chunk = os.read(self._back, 1 << 20)
            if not chunk:
                raise Broken("it has ended")
            self._rest += chunk
        text, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(text)
        self._note(found.get("method", ""), found.get("params", {}))
        return found

    def _note(self, method: str, said: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded += 1
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(said["exceptionDetails"]["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(each.get("value", "")) for each in said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{said['entry']['text']} {said['entry'].get('url', '')}")


@contextmanager
def page(folder: Path) -> Iterator[Page]:
    """Start Chromium with a profile in a folder, and yield a tab of it."""
    if PROGRAM is None:
        raise Broken("chromium is not installed")
    theirs_in, to = os.pipe()
    back, theirs_out = os.pipe()
    # It looks for the two at 3 and 4, where neither may stand yet; only bash knows numbers of two digits.
    low = theirs_in, theirs_out
    theirs_in, theirs_out = (fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in low)
    shell = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
    command = ["bash", "-c", shell, PROGRAM, *_FLAGS, f"--user-data-dir={folder}"]
    process = subprocess.Popen(
        command, pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for each in (*low, theirs_in, theirs_out):
        os.close(each)
    try:
        yield Page(to, back)
    finally:
        for each in (to, back):
            os.close(each)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
