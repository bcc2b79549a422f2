"""Calls to NetSuite: TokenPassport, header blocks, and replies or faults that say no."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any

import requests
import zeep
from lxml import etree
from zeep.transports import Transport

from tests.netsuite.by_hand import problems

CORE = "urn:core_2017_1.platform.webservices.netsuite.com"
MESSAGES = "urn:messages_2017_1.platform.webservices.netsuite.com"
COMMON = "urn:common_2017_1.platform.webservices.netsuite.com"
RELATIONSHIPS = "urn:relationships_2017_1.lists.webservices.netsuite.com"
ACCOUNTING = "urn:accounting_2017_1.lists.webservices.netsuite.com"
SALES = "urn:sales_2017_1.transactions.webservices.netsuite.com"
TIMEOUT = 30
UNAVAILABLE = (503, "backend-unreachable", "The backend cannot be reached")
TOO_LATE = (504, "backend-timeout", "The backend took too long")
NO_REPLY = (502, "backend-reply-invalid", "Invalid answer")


@dataclass(frozen=True)
class Credentials:
    """What token-based authentication needs."""

    account: str
    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str


class NetSuite:
    """One account at one endpoint."""

    def __init__(self, wsdl: str, endpoint: str, credentials: Credentials) -> None:
        transport = Transport(timeout=TIMEOUT, operation_timeout=TIMEOUT)
        self.client = zeep.Client(wsdl, transport=transport)
        binding = "{urn:platform_2017_1.webservices.netsuite.com}NetSuiteBinding"
        self.service = self.client.create_service(binding, endpoint)
        self.credentials = credentials

    def make(self, namespace: str, name: str, **values: Any) -> Any:
        """Return an object of one of the contract's types."""
        return self.client.get_type(f"{{{namespace}}}{name}")(**values)

    def call(self, operation: str, headers: dict[str, Any] | None = None, **message: Any) -> Any:
        """Call an operation; return what its reply holds. Raises Problem."""
        blocks = {"tokenPassport": self._passport(), **(headers or {})}
        try:
            reply = getattr(self.service, operation)(**message, _soapheaders=blocks)
        except zeep.exceptions.Fault as error:
            entries = error.detail if error.detail is not None else []
            raise problems.fault([etree.QName(entry).localname for entry in entries]) from error
        except requests.Timeout as error:
            raise problems.Problem(*TOO_LATE) from error
        except requests.ConnectionError as error:
            raise problems.Problem(*UNAVAILABLE) from error
        except (zeep.exceptions.Error, requests.RequestException, etree.XMLSyntaxError) as error:
            raise problems.Problem(*NO_REPLY) from error
        # Replies hold header and body where the contract has a header for them.
        content = getattr(reply, "body", reply)
        result = next(getattr(content, name) for name in dir(content))
        if not result.status.isSuccess:
            detail = next(iter(result.status.statusDetail or []), None)
            raise problems.refusal(detail.code if detail else "", (detail and detail.message) or "")
        return result

    def _passport(self) -> Any:
        mine = self.credentials
        nonce, timestamp = secrets.token_hex(16), str(int(time.time()))
        text = "&".join([mine.account, mine.consumer_key, mine.token, nonce, timestamp])
        key = f"{mine.consumer_secret}&{mine.token_secret}".encode()
        signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
        return self.make(
            CORE,
            "TokenPassport",
            account=mine.account,
            consumerKey=mine.consumer_key,
            token=mine.token,
            nonce=nonce,
            timestamp=timestamp,
            signature={"_value_1": signature, "algorithm": "HMAC-SHA256"},
        )
