"""Answers that break HTTP, or the connection under it."""

from __future__ import annotations

import zlib
from functools import partial

from tests.bad_answers.case import (
    GOOD,
    INVALID,
    LOST,
    RIGHT,
    SECRET,
    TIMEOUT,
    Case,
    chunked,
    customer,
    envelope,
    fault,
    head,
    http,
)
from tests.bad_answers.server import Peer, Script

_MEBI = 2**20
_HTML = f"<html><body><h1>{SECRET}</h1></body></html>"
_BODY = RIGHT.encode()
_XML = "Content-Type: text/xml; charset=utf-8"
_LONG = f"Content-Length: {len(_BODY)}"
_OTHER = http(envelope(customer("Schäfer", "Evil")))
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _wait(peer: Peer, data: bytes = b"") -> None:
    """Send, and then nothing, for as long as the other side likes."""
    peer.send(data)
    peer.left()


def _reset(peer: Peer, data: bytes = b"") -> None:
    """Send, and break the connection."""
    peer.send(data)
    peer.reset()


def _keep(peer: Peer, data: bytes) -> bool:
    """Send, and wait for another request on the same connection."""
    peer.send(data)
    return True


def _drip(peer: Peer, data: bytes, first: bytes = b"") -> None:
    peer.send(first)
    peer.drip(data)


def _pour(peer: Peer, data: bytes, times: int, first: bytes) -> None:
    peer.send(first)
    peer.pour(data, times)


def _lured(status: str) -> Script:
    """Point to the second server."""

    def play(peer: Peer) -> None:
        peer.send(http("", status, f"Location: http://127.0.0.1:{peer.lure}/erp"))

    return play


def _bomb(coding: str, times: int = 1) -> bytes:
    """Pack 300 MiB of blanks into 300 KB, and those again where ``times`` is 2."""
    blocks = [b" " * _MEBI] * 300
    for _ in range(times):
        packer = zlib.compressobj(9, zlib.DEFLATED, 15 if coding == "deflate" else 31)
        blocks = [*map(packer.compress, blocks), packer.flush()]
    return http(b"".join(blocks), "200 OK", f"Content-Encoding: {', '.join([coding] * times)}")


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def _open(answer: bytes) -> bytes:
    """Let the connection stay open."""
    return answer.replace(b"Connection: close\r\n", b"")


def _plain(*fields: str, body: bytes = _BODY, status: str = "200 OK") -> bytes:
    return head(status, _XML, *fields) + body


def _chunk_line(line: bytes) -> bytes:
    return chunked(end=line + b"\r\n" + _BODY + b"\r\n0\r\n\r\n")


STATUSES = (
    Case("HTML with 200", http(_HTML, media="text/html"), *INVALID, "A log-in page of a proxy is no answer."),
    Case("HTML with 404", http(_HTML, "404 Not Found", media="text/html"), *INVALID,
         "The endpoint moved; it is not ours."),
    Case("HTML with 500", http(_HTML, "500 Oops", media="text/html"), *INVALID, "An error status without a fault."),
    Case("HTML with 503 and Retry-After", http(_HTML, "503 Busy", "Retry-After: 60", media="text/html"), *INVALID,
         "Whether it was carried out is not known, so nobody is told to repeat."),
    Case("right envelope with 500", http(RIGHT, "500 Oops"), *INVALID, "An error status without a fault."),
    Case("right envelope with 201", http(RIGHT, "201 Created"), 200, "", "Any success will do.", found=GOOD),
    Case("401", http(_HTML, "401 No", "WWW-Authenticate: Basic realm=x"), 502, "backend-refused-us",
         "It is our access that was refused, not the caller's."),
    Case("403", http(_HTML, "403 No"), 502, "backend-refused-us",
         "It is our access that was refused, not the caller's."),
    Case("403 with a fault", http(envelope(fault("GP-404")), "403 No"), 404, "customer-not-found",
         "The fault says more."),
    Case("204", head("204 No Content"), *INVALID, "The contract promises an answer."),
    Case("304", head("304 Not Modified"), *INVALID, "Nobody asked on conditions."),
    Case("302 elsewhere", _lured("302 Found"), *INVALID, "No redirect is followed: it would get the order."),
    Case("307 elsewhere", _lured("307 Temporary Redirect"), *INVALID,
         "No redirect is followed: it would get the order."),
    Case("308 elsewhere", _lured("308 Permanent Redirect"), *INVALID,
         "No redirect is followed: it would get the order."),
    Case("101", head("101 Switching Protocols", "Upgrade: h2c"), *INVALID, "Nobody asked to switch."),
    Case("103", head("103 Early Hints", "Link: </x>"), *INVALID, "Hints are for browsers."),
    Case("100 before the answer", _CONTINUE * 3 + http(RIGHT), 200, "", "RFC 9110 allows it.", found=GOOD),
    Case("100 without end", partial(_drip, data=_CONTINUE), *TIMEOUT, "It is skipped until the deadline.", slow=True),
    Case("status 999", http(RIGHT, "999 What"), *INVALID, "There is no such status."),
    Case("status of four digits", http(RIGHT, "2000 OK"), *INVALID, "There is no such status."),
    Case("status in words", http(RIGHT, "OK 200"), *INVALID, "Not HTTP."),
    Case("no status line", b"Content-Type: text/xml\r\n\r\n" + _BODY, *INVALID, "Not HTTP."),
    Case("HTTP/0.9", _BODY, *INVALID, "A body without a header."),
    Case("SSH", b"SSH-2.0-OpenSSH_9.6\r\n", *INVALID, "Another service listens there."),
    Case("endless status line", b"HTTP/1.1 200 " + b"O" * 70_000 + b"\r\n\r\n", *INVALID, "Lines are bounded."),
    Case("endless header", head("200 OK", "X-A: " + "x" * 70_000) + _BODY, *INVALID, "Lines are bounded."),
    Case("1,000 headers", head("200 OK", *[f"X-{n}: 1" for n in range(1000)]) + _BODY, *INVALID,
         "Headers are counted."),
    Case("headers of its own", http(RIGHT, "200 OK", "Set-Cookie: a=b", "X-Evil: 1", "Location: http://evil.example/"),
         200, "", "Only the body is translated; no header goes through.", found=GOOD),
    Case("multipart",
         http(f"--b\r\nContent-Type: text/xml\r\n\r\n{RIGHT}\r\n--b--", media="multipart/related; boundary=b"),
         200, "", "The envelope is its first part.", found=GOOD),
    Case("multipart without a boundary",
         http(f"--b\r\nContent-Type: text/xml\r\n\r\n{RIGHT}\r\n--b--", media="multipart/related"),
         *INVALID, "Nobody knows where its parts end."),
    Case("wrong media type", http(RIGHT, media="text/html"), 200, "", "The envelope decides; it is noted.", found=GOOD,
         note="media-type-differs"),
    Case("no media type", http(RIGHT, media=""), 200, "", "The envelope decides; it is noted.", found=GOOD,
         note="media-type-differs"),
)  # fmt: skip

BROKEN = (
    Case("closes without a word", lambda peer: None, *LOST, "It may have acted."),
    Case("reset at the first byte", _reset, *LOST, "It may have read enough.", at_accept=True),
    Case("reset after the request", _reset, *LOST, "It may have acted."),
    Case("reset after the header", partial(_reset, data=head("200 OK", _XML, _LONG)), *LOST, "It may have acted."),
    Case("reset in the body", partial(_reset, data=_plain(_LONG, body=_BODY[:300])), *LOST, "It may have acted."),
    Case("closes in the status line", b"HTTP/1.", *INVALID, "Not HTTP as far as it goes."),
    Case("closes in the header", b"HTTP/1.1 200 OK\r\nContent-", *INVALID, "Without a length the body has no end."),
    Case("never answers", _wait, *TIMEOUT, "The deadline ends it.", slow=True),
    Case("only a header", partial(_wait, data=head("200 OK", _XML, _LONG)), *TIMEOUT, "The deadline ends it.",
         slow=True),
    Case("half a body", partial(_wait, data=_plain(_LONG, body=_BODY[:300])), *TIMEOUT, "The deadline ends it.",
         slow=True),
    Case("whole but no end", partial(_wait, data=_plain()), *TIMEOUT, "Without a length only the close is the end.",
         slow=True),
    Case("header drips", partial(_drip, data=b"X-A: b\r\n", first=b"HTTP/1.1 200 OK\r\n"), *TIMEOUT,
         "The deadline is for the whole, not for each byte.", slow=True),
    Case("body drips", partial(_drip, data=_BODY, first=head("200 OK", _XML, _LONG)), *TIMEOUT,
         "The deadline is for the whole, not for each byte.", slow=True),
    Case("chunks drip", partial(_drip, data=b"1\r\n \r\n", first=chunked(end=b"")), *TIMEOUT,
         "The deadline is for the whole, not for each byte.", slow=True),
)  # fmt: skip

LENGTHS = (
    Case("until the close", _plain(), 200, "", "The close is the end.", found=GOOD),
    Case("more than announced", partial(_keep, data=_open(http(RIGHT)) + _OTHER), 200, "",
         "What follows is nobody's answer, least of all the next caller's.", found=GOOD),
    Case("Content-Length too long", _plain(f"Content-Length: {len(_BODY) + 10}"), *LOST, "The rest never came."),
    Case("Content-Length too short", _plain("Content-Length: 300"), *INVALID, "What was read is no XML."),
    Case("Content-Length 0", _plain("Content-Length: 0"), *INVALID, "Empty is no answer."),
    Case("Content-Length negative", _plain("Content-Length: -5"), *INVALID, "Where the body ends is not known."),
    Case("Content-Length no number", _plain("Content-Length: many"), *INVALID, "Where the body ends is not known."),
    Case("two Content-Lengths", _plain(_LONG, "Content-Length: 10"), *INVALID, "Where the body ends is not known."),
    Case("Content-Length of 10 TB", _plain("Content-Length: 10000000000000", body=b""), *INVALID,
         "It is not waited for."),
    Case("chunks", chunked(_BODY[:7], _BODY[7:]), 200, "", "As it should be.", found=GOOD),
    Case("chunks with extensions and a trailer", chunked(end=b"%x;a=b\r\n%b\r\n0\r\nX-Evil: 1\r\n\r\n" % (
         len(_BODY), _BODY)), 200, "", "RFC 9112 allows both.", found=GOOD),
    Case("chunk size no number", _chunk_line(b"xyz"), *INVALID, "Where the body ends is not known."),
    Case("chunk size negative", _chunk_line(b"-5"), *INVALID, "Where the body ends is not known."),
    Case("chunk size empty", _chunk_line(b""), *INVALID, "Where the body ends is not known."),
    Case("chunk size of 10 TB", _chunk_line(b"9184e72a000"), *LOST,
         "The rest never came; no memory is set aside for it."),
    Case("endless chunk size", chunked(end=b"0" * 200_000), *LOST, "Lines are bounded."),
    Case("chunk shorter than its size", chunked(end=b"ffff\r\n" + _BODY), *LOST, "The rest never came."),
    Case("no last chunk", chunked(_BODY, end=b""), *LOST, "Nobody said that it was whole."),
    Case("unknown Transfer-Encoding", _plain("Transfer-Encoding: blub"), 200, "",
         "The close is the end, the XML the judge.",
         found=GOOD),
    Case("11 MiB of text", http(envelope(customer(SECRET, "x" * 11 * _MEBI))), *INVALID, "ADAPTER_MAX_REPLY_BYTES."),
    Case("11 MiB until the close", partial(_pour, data=b" " * _MEBI, times=11, first=_plain(body=b"")), *INVALID,
         "ADAPTER_MAX_REPLY_BYTES."),
    Case("11 MiB in chunks", partial(_pour, data=b"100000\r\n" + b" " * _MEBI + b"\r\n", times=11,
         first=chunked(end=b"")), *INVALID, "ADAPTER_MAX_REPLY_BYTES."),
    Case("chunks that are mostly framing", partial(_pour, data=(b"1;a=%b\r\n \r\n" % (b"x" * 500)) * 1000, times=100,
         first=chunked(end=b"")), *INVALID, "Framing is bounded too."),
)  # fmt: skip

PACKED = (
    Case("gzip", http(_gzip(_BODY), "200 OK", "Content-Encoding: gzip"), 200, "", "It is asked for.", found=GOOD),
    Case("gzip bomb", _bomb("gzip"), *INVALID, "300 MiB in 300 KB: it is unpacked as far as the limit."),
    Case("deflate bomb", _bomb("deflate"), *INVALID, "300 MiB in 300 KB: it is unpacked as far as the limit."),
    Case("gzip bomb in gzip", _bomb("gzip", 2), *INVALID, "300 MiB in a few hundred bytes."),
    Case("gzip cut off", http(_gzip(_BODY)[:-20], "200 OK", "Content-Encoding: gzip"), *INVALID, "The end is missing."),
    Case("gzip broken inside", http(_gzip(_BODY)[:60] + b"\0" * 9, "200 OK", "Content-Encoding: gzip"), *INVALID,
         "It cannot be unpacked."),
    Case("gzip that is none", http(RIGHT, "200 OK", "Content-Encoding: gzip"), *INVALID, "It cannot be unpacked."),
    Case("packed in secret", http(_gzip(_BODY)), *INVALID, "Nothing says that it is gzip."),
    Case("Brotli", http(b"\x8b\x02\x80" + _BODY, "200 OK", "Content-Encoding: br"), *INVALID, "Nobody asked for it."),
    Case("Content-Encoding UTF-8", http(RIGHT, "200 OK", "Content-Encoding: UTF-8"), 200, "",
         "A common mistake; the XML is the judge.", found=GOOD),
    Case("gzip a hundred times", http(_gzip(_BODY), "200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 100)),
         *INVALID,
         "Nobody packs so often."),
)  # fmt: skip
