"""NTLM (MS-NLMP) by pyspnego: who we are, said once for each connection. NTLMv2, bound to the TLS channel."""

from __future__ import annotations

import hashlib

import spnego
from spnego.channel_bindings import GssChannelBindings

from adapter.exchange.greeting import Greet, Step
from adapter.identity.credentials import Value


def ntlm(user: Value, password: Value, host: str) -> Greet:
    """Return how each connection to a host begins. The user may stand behind a domain and a backslash."""

    def greet(certificate: bytes) -> Step:
        context = spnego.client(
            user(), password(), host, "HTTP", _binding(certificate), protocol="ntlm",
            options=spnego.NegotiateOptions.use_ntlm,
        )  # fmt: skip

        def step(token: bytes) -> bytes:
            try:
                return context.step(token or None) or b""
            # A server's token is foreign bytes, and pyspnego's parser raises KeyError and others for odd ones. All of
            # them end the handshake: nothing was sent, and the log names the class.
            except Exception as error:
                raise ConnectionError("a challenge that cannot be answered") from error

        return step

    return greet


def _binding(certificate: bytes) -> GssChannelBindings | None:
    """Return the channel binding tls-server-end-point (RFC 5929, section 4.1), with SHA-256, as nearly all ask for."""
    if not certificate:
        return None
    return GssChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(certificate).digest())
