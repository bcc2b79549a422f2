"""Fetch one document of a contract over HTTP, for a person at a command line; never while the adapter is working."""

from __future__ import annotations

from time import monotonic
from urllib.parse import urljoin, urlsplit

import urllib3

from adapter.wsdl.documents import MAX_FILE_BYTES

TIME_LIMIT = 60.0
MAX_REDIRECTS = 3
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)


class DownloadError(Exception):
    """A document could not be fetched; the text says why, in words for the person who asked."""


def download(url: str, authorization: str = "") -> bytes:
    """Return the body that ``url`` answers with, at most ``MAX_FILE_BYTES`` within ``TIME_LIMIT`` seconds.

    ``authorization`` is sent as the header of that name. A redirect is followed on the same host only, and never from
    https to http. Raises DownloadError.
    """
    deadline = monotonic() + TIME_LIMIT
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"} | (
        {"Authorization": authorization} if authorization else {}
    )
    with urllib3.PoolManager(retries=False) as pool:
        for _ in range(MAX_REDIRECTS + 1):
            status, location, body = _get(pool, url, headers, deadline)
            if status not in _REDIRECTS:
                break
            url = _same_host(url, urljoin(url, location))
        else:
            raise DownloadError("redirects again and again")
    if status != 200:
        raise DownloadError(f"answers with status {status}")
    return body


def _get(pool: urllib3.PoolManager, url: str, headers: dict[str, str], deadline: float) -> tuple[int, str, bytes]:
    """Make one request; return status, redirect location and body."""
    timeout = urllib3.Timeout(total=max(0.1, deadline - monotonic()))
    try:
        response = pool.request("GET", url, headers=headers, redirect=False, preload_content=False, timeout=timeout)
        try:
            body = b""
            # read1 returns what has come; read would wait for a whole chunk, past any time limit.
            while chunk := response.read1(_CHUNK):
                body += chunk
                if len(body) > MAX_FILE_BYTES:
                    raise DownloadError(f"is larger than {MAX_FILE_BYTES} bytes")
                if monotonic() > deadline:
                    raise DownloadError(f"takes longer than {TIME_LIMIT:g} seconds")
        finally:
            response.close()
    except urllib3.exceptions.HTTPError as error:
        raise DownloadError(f"cannot be fetched ({type(error).__name__})") from None
    return response.status, response.headers.get("Location", ""), body


def _same_host(old: str, new: str) -> str:
    """Return the address of a redirect, or raise DownloadError where it leads to another host or to plain HTTP."""
    before, after = urlsplit(old), urlsplit(new)
    upgrade = (before.scheme, after.scheme) == ("http", "https") and before.port is None and after.port is None
    if after.hostname != before.hostname or not (after[:2] == before[:2] or upgrade):
        raise DownloadError(f"redirects to another server ({after.scheme}://{after.hostname})")
    return new
