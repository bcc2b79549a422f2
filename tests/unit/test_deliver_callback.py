"""Callbacks: which addresses are taken, how a message is signed, and where no connection may go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable

import pytest

from adapter.deliver.addresses import public
from adapter.deliver.callback import Message, gone, keys_of, refused, signature, tell
from adapter.errors import BackendError, BackendUnreachable
from tests.unit.loopback import Peer, Server, serving

ORIGINS = ("https://shop.example", "http://shop.example:8080", "https://203.0.113.9", "http://127.0.0.1:99")
MESSAGE = Message("5f1c", "orders.create", "done", 1_700_000_000)
KEYS = keys_of("a secret of at least twenty-four bytes")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
        "::127.0.0.1", "127.1", "", "shop.example",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet_is_not_public(address: str) -> None:
    """Private, loopback, link-local, shared, reserved and multicast ones, in each disguise that IPv6 has for them."""
    assert not public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_public_addresses_are_public(address: str) -> None:
    """Also those of IPv4 that are written as ones of IPv6."""
    assert public(address)


@pytest.mark.parametrize(
    "url", ["https://shop.example/told?by=us", "http://shop.example:8080", "HTTPS://Shop.Example/"]
)
def test_an_origin_of_the_list_is_taken(url: str) -> None:
    """Whatever path and query it has."""
    assert "" == refused(url, ORIGINS)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://other.example/", "origin"),
        ("http://shop.example/", "origin"),
        ("https://shop.example:444/", "origin"),
        ("https://shop.example.evil.example/", "origin"),
        ("http://127.0.0.1:99/", "public Internet"),
        ("https://[::1]/", "public Internet"),
        ("https://127.1/", "public Internet"),
        ("https://0x7f000001/", "public Internet"),
        ("https://2130706433/", "public Internet"),
        ("https://203.0.113.9/", "public Internet"),
        ("https://me@shop.example/", "without a user"),
        ("https://shop.example@127.0.0.1/", "without a user"),
        ("https://shop.example/#part", "fragment"),
        ("ftp://shop.example/", "http or https"),
        ("//shop.example/", "http or https"),
        ("https:///told", "http or https"),
        ("https://shop.example:x/", "not a URL"),
        ("https://shop.example/ told", "printable"),
        ("https://shop.example/\r\nHost: other", "printable"),
        (f"https://shop.example/{'x' * 2000}", "at most 2000"),
        ("", "http or https"),
    ],
)
def test_other_addresses_are_refused_and_say_why(url: str, why: str) -> None:
    """Before anything is looked up, and also where the operator's list has an address inside by mistake."""
    assert why in refused(url, ORIGINS)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of their specification: HMAC-SHA256 over id, time and body, in base64 behind the version."""
    keys = keys_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signature(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == made


def test_while_a_secret_is_changed_both_sign() -> None:
    """A receiver that knows one of them accepts the message."""
    new, old = b"n" * 24, b"o" * 24
    made = signature(keys_of(f"{new.decode()},{old.decode()}"), "m", 1, b"{}").split(" ")
    expected = [base64.b64encode(hmac.new(key, b"m.1.{}", hashlib.sha256).digest()).decode() for key in (new, old)]
    assert [f"v1,{each}" for each in expected] == made


@pytest.mark.parametrize("secret", ["", "short", "whsec_***", f"{'x' * 24},y"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    """One that is too short, or not what its prefix says."""
    with pytest.raises(ValueError, match="fewer than|base64"):
        keys_of(secret)


def _anywhere(address: str) -> bool:
    return True


def _answer(status: str) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        if peer.request():
            peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n".encode())

    return script


def test_a_message_arrives_signed() -> None:
    """Its id and time are header fields, and what is signed is what arrives."""
    with serving(_answer("204 No Content")) as server:
        tell(server.url, MESSAGE, KEYS, 1_700_000_005, allowed=_anywhere)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    assert "5f1c" == fields["webhook-id"]
    assert "1700000005" == fields["webhook-timestamp"]
    assert signature(KEYS, "5f1c", 1_700_000_005, body) == fields["webhook-signature"]
    assert {
        "type": "operation.ended",
        "timestamp": "2023-11-14T22:13:20Z",
        "data": {"id": "5f1c", "operation": "orders.create", "status": "done", "location": "/v1/operations/5f1c"},
    } == json.loads(body)


@pytest.mark.parametrize("status", ["301 Moved", "400 Bad", "410 Gone", "500 Oops", "503 Busy"])
def test_what_is_no_success_is_a_failure(status: str) -> None:
    """A redirect is not followed: it might lead inside. Only 410 says that nothing more is to come."""
    with serving(_answer(status)) as server, pytest.raises(BackendError) as caught:
        tell(server.url, MESSAGE, KEYS, 1, allowed=_anywhere)
    assert (status == "410 Gone") == gone(caught.value)
    assert 1 == len(server.requests)


def test_no_connection_goes_to_an_address_inside(server: Server) -> None:
    """What is written as one is refused at the connection too, and nothing arrives there."""
    with pytest.raises(BackendUnreachable):
        tell(server.url, MESSAGE, KEYS, 1)
    assert 0 == server.connections


def test_a_name_that_means_something_else_by_then_leads_nowhere(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the origin was allowed, and its name has an address inside now. Nothing is connected to."""
    asked: list[str] = []

    def rebound(host: str, port: int, **options: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    url = f"http://shop.example:{server.port}/told"
    assert "" == refused(url, (f"http://shop.example:{server.port}",))
    with pytest.raises(BackendUnreachable):
        tell(url, MESSAGE, KEYS, 1)
    assert ["shop.example"] == asked
    assert 0 == server.connections


@pytest.fixture
def server() -> object:
    """A receiver on loopback."""
    with serving(_answer("204 No Content")) as running:
        yield running
