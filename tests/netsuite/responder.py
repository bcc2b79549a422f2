"""NetSuite as far as five record types need it: get, search, searchMoreWithId, upsert, update, from records it keeps.

It takes nothing that the contract's schemas do not allow, and nobody whose TokenPassport does not prove itself. Its
``trouble`` makes it answer as NetSuite does on a bad day: a fault's name, or the code of a refusal.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

from tests.netsuite import searching
from tests.netsuite.contract import CORE, ENVELOPE, MESSAGES, PREFIXES, XSI, errors

RECORDS = Path(__file__).parent / "records.xml"
TYPE = f"{{{XSI}}}type"
ACCOUNT, CONSUMER_KEY, TOKEN = "TSTDRV96", "consumer-key", "token-id"
CONSUMER_SECRET, TOKEN_SECRET = "consumer-secret", "token-secret"
MINUTES = 5
KINDS = {
    "customer": "Customer",
    "vendor": "Vendor",
    "contact": "Contact",
    "inventoryItem": "InventoryItem",
    "salesOrder": "SalesOrder",
}
FAULT_CODES = {
    "insufficientPermissionFault": "INSUFFICIENT_PERMISSION",
    "invalidCredentialsFault": "INVALID_LOGIN_CREDENTIALS",
    "invalidSessionFault": "SESSION_TIMED_OUT",
    "exceededConcurrentRequestLimitFault": "WS_CONCUR_SESSION_DISALLWD",
    "exceededRequestLimitFault": "WS_REQUEST_BLOCKED",
    "unexpectedErrorFault": "UNEXPECTED_ERROR",
}
TEXTS = {
    "RCRD_DSNT_EXIST": "That record does not exist.",
    "INVALID_KEY_OR_REF": "Invalid reference key.",
    "INSUFFICIENT_PERMISSION": "Permission Violation: You need a higher level of access.",
    "INVALID_SEARCH_PAGE_SIZE": "The page size must be from 5 to 1000.",
    "INVALID_SEARCH_PAGE_INDEX": "There is no such page.",
    "USER_ERROR": "Please enter value(s) for: Company Name",
}


class Refusal(Exception):
    """A call that ends with isSuccess="false" inside a normal reply."""


class Fault(Exception):
    """A call that ends with a SOAP fault; the first argument is the name of its detail element."""


class NetSuite:
    """One account. Call it with an envelope; it answers with status and envelope.

    ``rejected`` holds what was wrong with envelopes that got no SOAP answer, ``nonces`` those it has seen.
    """

    def __init__(self) -> None:
        self.nonces: set[str] = set()
        self.rejected: list[str] = []
        self.reset()

    def reset(self) -> None:
        """Go back to the records of the start."""
        self.trouble = ""
        self.records: list[Any] = list(etree.parse(str(RECORDS)).getroot().iterfind(f"{{{CORE}}}record"))
        self.searches: dict[str, tuple[list[Any], int]] = {}

    def __call__(self, envelope: bytes) -> tuple[int, bytes]:
        """Answer one call."""
        root: Any = etree.fromstring(envelope)
        headers = {etree.QName(each).localname: each for each in root.iterfind(f"{{{ENVELOPE}}}Header/*")}
        call = root.find(f"{{{ENVELOPE}}}Body")[0]
        wrong = [text for each in (*headers.values(), call) for text in errors(each)]
        if wrong:
            self.rejected.extend(wrong)
            return 400, "\n".join(wrong).encode()
        name = etree.QName(call).localname
        try:
            self._prove(headers.get("tokenPassport"))
            if self.trouble in FAULT_CODES:
                raise Fault(self.trouble)
            if self.trouble:
                raise Refusal(self.trouble)
            content = getattr(self, f"_{name.lower()}")(call, headers)
        except Refusal as refusal:
            content = refused(str(refusal))
        except Fault as fault:
            return 500, _fault(str(fault))
        inner = {"get": "readResponse", "upsert": "writeResponse", "update": "writeResponse"}.get(name)
        outer = f"msgs:{inner}" if inner else "core:searchResult"
        return 200, _envelope(f"<msgs:{name}Response><{outer}>{content}</{outer}></msgs:{name}Response>")

    def _prove(self, passport: Any) -> None:
        """Compute the signature as the other side should have (token-based authentication)."""
        if passport is None:
            raise Fault("invalidCredentialsFault")
        said = {etree.QName(each).localname: each.text or "" for each in passport}
        text = "&".join(said[part] for part in ("account", "consumerKey", "token", "nonce", "timestamp"))
        key = f"{CONSUMER_SECRET}&{TOKEN_SECRET}".encode()
        signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
        algorithm = passport.find(f"{{{CORE}}}signature").get("algorithm")
        known = (said["account"], said["consumerKey"], said["token"]) == (ACCOUNT, CONSUMER_KEY, TOKEN)
        fresh = said["nonce"] not in self.nonces and abs(time.time() - int(said["timestamp"])) < MINUTES * 60
        if not (known and fresh and algorithm in ("HMAC-SHA256", "HMAC_SHA256") and signature == said["signature"]):
            raise Fault("invalidCredentialsFault")
        self.nonces.add(said["nonce"])

    def _get(self, call: Any, headers: Any) -> str:
        reference = call[0]
        if reference.get("type") not in KINDS:
            raise Refusal("INVALID_KEY_OR_REF")
        found = self._found(KINDS[reference.get("type")], reference.get("internalId"), reference.get("externalId"))
        if found is None:
            raise Refusal("RCRD_DSNT_EXIST")
        record = deepcopy(found)
        record.tag = f"{{{MESSAGES}}}record"
        return SUCCESS + etree.tostring(record, encoding="unicode")

    def _search(self, call: Any, headers: Any) -> str:
        preferences = headers.get("searchPreferences")
        size = int((preferences.findtext(f"{{{MESSAGES}}}pageSize") if preferences is not None else "") or 1000)
        if not 5 <= size <= 1000:
            raise Refusal("INVALID_SEARCH_PAGE_SIZE")
        rows = searching.matching(call[0], self.records, lambda record: kind(record))
        whole = etree.tostring(call[0], method="c14n", exclusive=True) + str(size).encode()
        search = f"WEBSERVICES_{ACCOUNT}_{hashlib.sha256(whole).hexdigest()[:12]}"
        self.searches[search] = rows, size
        return _page(search, rows, size, 1)

    def _searchmorewithid(self, call: Any, headers: Any) -> str:
        search, index = call[0].text, int(call[1].text)
        if search not in self.searches:
            raise Fault("invalidSessionFault")
        rows, size = self.searches[search]
        if not 1 <= index <= -(-len(rows) // size):
            raise Refusal("INVALID_SEARCH_PAGE_INDEX")
        return _page(search, rows, size, index)

    def _upsert(self, call: Any, headers: Any) -> str:
        change = call[0]
        if not change.get("externalId"):
            raise Refusal("INVALID_KEY_OR_REF")
        old = self._found(kind(change), None, change.get("externalId"))
        if old is None:
            old = deepcopy(change)
            for each in list(old):
                old.remove(each)
            old.tag = f"{{{CORE}}}record"
            old.set("internalId", str(max(int(each.get("internalId")) for each in self.records) + 1))
            self.records.append(old)
        return self._changed(old, change)

    def _update(self, call: Any, headers: Any) -> str:
        old = self._found(kind(call[0]), call[0].get("internalId"), call[0].get("externalId"))
        if old is None:
            raise Refusal("RCRD_DSNT_EXIST")
        return self._changed(old, call[0])

    def _changed(self, old: Any, change: Any) -> str:
        self._refer(change)
        nulls = change.find(f"{{{CORE}}}nullFieldList")
        for name in [each.text for each in nulls] if nulls is not None else []:
            for each in [*old.iterfind(f"{{*}}{name}"), *old.iterfind(f".//{{*}}customField[@scriptId='{name}']")]:
                each.getparent().remove(each)
        for each in change:
            if each is not nulls:
                _put(old, each)
        reference = f'core:RecordRef" internalId="{old.get("internalId")}"'
        own = f' externalId="{old.get("externalId")}"' if old.get("externalId") else ""
        word = next(word for word, name in KINDS.items() if name == kind(old))
        return f'{SUCCESS}<msgs:baseRef xsi:type="{reference}{own} type="{word}"/>'

    def _refer(self, change: Any) -> None:
        """What a record refers to must be there, as far as it is of a kind that is kept here."""
        for name, kinds in (("company", "Customer"), ("entity", "Customer"), ("vendor", "Vendor")):
            for reference in change.iterfind(f"{{*}}{name}"):
                if self._found(kinds, reference.get("internalId"), reference.get("externalId")) is None:
                    raise Refusal("INVALID_KEY_OR_REF")

    def _found(self, name: str, internal: str | None, external: str | None) -> Any:
        for record in self.records:
            same = record.get("internalId") == internal if internal else record.get("externalId") == external
            if same and kind(record) == name:
                return record
        return None


def kind(record: Any) -> str:
    """Return the local name of a record's type."""
    return str(record.get(TYPE)).rpartition(":")[2]


def _put(old: Any, new: Any) -> None:
    """Take one element of a change: custom fields and sublists that do not replace all are merged, others replaced."""
    here = old.find(new.tag)
    new = deepcopy(new)
    name = etree.QName(new).localname
    if here is None:
        old.append(new)
    elif name == "customFieldList":
        for each in new:
            for same in here.xpath("*[@scriptId=$id]", id=each.get("scriptId")):
                here.remove(same)
            here.append(each)
    elif new.get("replaceAll") == "false":
        here.extend(list(new))
    else:
        old.replace(here, new)


def _page(search: str, rows: list[Any], size: int, index: int) -> str:
    shown = "".join(etree.tostring(row, encoding="unicode") for row in rows[(index - 1) * size : index * size])
    pages = -(-len(rows) // size)
    counts = {"totalRecords": len(rows), "pageSize": size, "totalPages": pages, "pageIndex": index}
    told = "".join(f"<core:{name}>{count}</core:{name}>" for name, count in counts.items())
    listed = f"<core:recordList>{shown}</core:recordList>" if rows else ""
    return f"{SUCCESS}{told}<core:searchId>{search}</core:searchId>{listed}"


SUCCESS = '<core:status isSuccess="true"/>'


def refused(code: str) -> str:
    """Return the status of a reply that says no."""
    text = TEXTS.get(code, "Not today.")
    detail = f'<core:statusDetail type="ERROR"><core:code>{code}</core:code><core:message>{text}</core:message>'
    return f'<core:status isSuccess="false">{detail}</core:statusDetail></core:status>'


def _fault(name: str) -> bytes:
    code = FAULT_CODES[name]
    detail = f"<faults:{name}><faults:code>{code}</faults:code><faults:message>{code}</faults:message></faults:{name}>"
    return _envelope(
        f"<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode><faultstring>{code}</faultstring>"
        f"<detail>{detail}</detail></soapenv:Fault>"
    )


def _envelope(content: str) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in PREFIXES.items())
    text = f"<soapenv:Envelope {spaces}><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    return re.sub(r">\s+<", "><", text).encode()
