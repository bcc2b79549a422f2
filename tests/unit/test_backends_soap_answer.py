"""What counts as a SOAP answer: envelopes, faults, encodings, and hostile XML."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.backends.soap.answer import Answer, open_answer
from adapter.backends.soap.fed import MOST_TAGS
from adapter.errors import BackendFault, BackendReplyInvalid
from adapter.exchange import Reply
from adapter.wsdl.types import Element, Message
from tests.unit.wsdl_texts import XS

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
TYPE11, TYPE12 = "text/xml", "application/soap+xml"
ANY = Message(Element("a", "", f"{XS}int"))


def opened(
    body: str | bytes,
    *,
    status: int = 200,
    media_type: str = TYPE11,
    version: str = "1.1",
    output: Message | None = ANY,
) -> Answer:
    """Open an answer that should hold a message."""
    data = body.encode() if isinstance(body, str) else body
    return open_answer(Reply(status, {"content-type": media_type}, data), version, output)


def envelope(body: str, *, namespace: str = SOAP11, header: str = "", after: str = "") -> str:
    """Return an envelope; ``body`` is the content of soap:Body."""
    return f'<S:Envelope xmlns:S="{namespace}">{header}<S:Body>{body}</S:Body>{after}</S:Envelope>'


def fault(content: str, namespace: str = SOAP11) -> str:
    """Return an envelope with a fault."""
    return envelope(f"<S:Fault>{content}</S:Fault>", namespace=namespace)


@pytest.mark.parametrize(
    ("body", "options", "notes"),
    [
        (envelope("<a/>"), {}, ()),
        (envelope("<a/>"), {"media_type": 'Text/XML; charset="utf-8"'}, ()),
        (envelope("<a/>", namespace=SOAP12), {"media_type": TYPE12, "version": "1.2"}, ()),
        (envelope("<a/>", namespace=SOAP12), {"media_type": TYPE12}, ("soap-version-differs",)),
        (envelope("<a/>"), {"version": "1.2"}, ("soap-version-differs",)),
        (envelope("<a/>"), {"media_type": "text/html"}, ("media-type-differs",)),
        (envelope("<a/>"), {"media_type": ""}, ("media-type-differs",)),
        ("\n" + envelope("<a/>"), {}, ("space-before-xml",)),
        (envelope("<!-- x --><?pi?> <a/> "), {}, ()),
        (envelope("<a/><b/>"), {}, ("several-body-elements",)),
        (envelope("<a/>", after="<x/>"), {}, ("elements-after-body",)),
        (envelope("<a/>", header="<S:Header><h/></S:Header>"), {}, ()),
        (envelope("<a/>", header='<S:Header><h S:mustUnderstand="1"/></S:Header>'), {}, ("header-must-understand",)),
        (envelope("<a/>", header='<S:Header><h S:mustUnderstand="0"/></S:Header>'), {}, ()),
        (envelope("<a/>"), {"status": 202}, ()),
        ('<?xml version="1.0" encoding="UTF-8"?>' + envelope("<a/>"), {"media_type": "text/xml; charset=utf8"}, ()),
    ],
)
def test_success(body: str, options: dict[str, str], notes: tuple[str, ...]) -> None:
    """The body's first element is found, and what is odd about the envelope is noted."""
    answer = opened(body, **options)  # type: ignore[arg-type]
    assert ("a", None, notes) == (answer.child.tag, answer.fault, answer.notes)


def test_empty_body() -> None:
    """An empty soap:Body is an answer without a child."""
    assert Answer(None) == opened(envelope(" "))


@pytest.mark.parametrize(
    ("data", "charset", "notes"),
    [
        ("ä".encode(), "", ()),
        ("ä".encode("latin-1"), "iso-8859-1", ()),
        ("ä€".encode("windows-1252"), "windows-1252", ()),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>\xe4', "", ()),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>\xe4', "ISO-8859-1", ()),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + "ä".encode(), "iso-8859-1", ("charset-differs",)),
        (b"\xef\xbb\xbf" + "ä".encode(), "iso-8859-1", ()),
        ("\ufeffä".encode("utf-16-le"), "utf-8", ()),
        ('<?xml version="1.0" encoding="UTF-16"?>ä'.encode("utf-16"), "", ()),
        ("ä".encode(), "no-such-charset", None),
        ("ä".encode("latin-1"), "", None),
        (b'<?xml version="1.0" encoding="no-such"?>a', "", None),
    ],
)
def test_encodings(data: bytes, charset: str, notes: tuple[str, ...] | None) -> None:
    """A document says its own encoding; the media type's charset counts only where it does not. Else it is refused."""
    marker = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    utf16 = data.startswith(b"\xff\xfe")
    text = data.decode("utf-16") if utf16 else data.removeprefix(marker).decode("latin-1")
    declaration, text = (text[: text.index("?>") + 2], text[text.index("?>") + 2 :]) if "?>" in text else ("", text)
    whole = declaration + envelope(f"<a>{text}</a>")
    body = b"\xff\xfe" + whole.encode("utf-16-le") if utf16 else marker + whole.encode("latin-1")
    media_type = f"text/xml; charset={charset}" if charset else "text/xml"
    if notes is None:
        with pytest.raises(BackendReplyInvalid):
            opened(body, media_type=media_type)
    else:
        answer = opened(body, media_type=media_type)
        assert (True, notes) == (answer.child.text.startswith("ä"), answer.notes)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
INVALID = [
    "",
    "  ",
    "sorry",
    "<html><body>502 Bad Gateway</body></html>",
    '{"a": 1}',
    envelope("<a/>")[:-3],
    envelope("<a>&nbsp;</a>"),
    "<Envelope><Body><a/></Body></Envelope>",
    '<e:Envelope xmlns:e="urn:mine"><e:Body><a/></e:Body></e:Envelope>',
    f'<S:Envelope xmlns:S="{SOAP11}"/>',
    f'<S:Envelope xmlns:S="{SOAP11}"><S:Header/></S:Envelope>',
    envelope("<a/>", after="<S:Body/>"),
    f'<S:Envelope xmlns:S="{SOAP11}"><T:Body xmlns:T="{SOAP12}"><a/></T:Body></S:Envelope>',
    "<!DOCTYPE a>" + envelope("<a/>"),
    '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + envelope("<a/>"),
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + envelope("<a>&x;</a>"),
    '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:1/">%x;]>' + envelope("<a>&x;</a>"),
    f'<!DOCTYPE a [<!ENTITY e0 "ha">{BOMB}]>' + envelope("<a>&e11;</a>"),
    f'<!DOCTYPE a [<!ENTITY e "{"x" * 50_000}">]>' + envelope(f"<a>{'&e;' * 50_000}</a>"),
    envelope("<a>" * 300 + "</a>" * 300),
    envelope("<a>\x00</a>"),
    envelope("<a>\x0b</a>"),
    envelope("<a>&#0;</a>"),
]


@pytest.mark.parametrize("body", INVALID)
@pytest.mark.parametrize("status", [200, 500])
def test_no_answer(body: str, status: int) -> None:
    """What is no envelope with one body, or could make the parser read or grow, is refused without being quoted."""
    with pytest.raises(BackendReplyInvalid) as caught:
        opened(body, status=status)
    assert ("backend-reply-invalid", 502, "yes") == (caught.value.problem, caught.value.status, caught.value.sent)
    assert not [word for word in ("passwd", "sorry", "Gateway", "urn:mine") if word in caught.value.cause]


def test_error_status_without_a_fault() -> None:
    """An error status whose body is no fault is no answer, even when the envelope is fine."""
    with pytest.raises(BackendReplyInvalid):
        opened(envelope("<a/>"), status=500)


@pytest.mark.parametrize("body", ["", "<html/>", "Unauthorized", envelope("<a/>")])
@pytest.mark.parametrize("status", [401, 403])
def test_refusing_us(status: int, body: str) -> None:
    """401 and 403 without a fault mean that our own access is refused."""
    with pytest.raises(BackendFault) as caught:
        opened(body, status=status, media_type="text/html", output=None)
    assert ("backend-refused-us", 502, "yes") == (caught.value.problem, caught.value.status, caught.value.sent)


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 500, 503])
def test_fault_with_any_status(status: int) -> None:
    """A fault is a fault whatever the status."""
    body = fault("<faultcode>S:Client.Data</faultcode><faultstring> no \n</faultstring><detail><x/></detail>")
    found = opened(body, status=status, output=None).fault
    assert found is not None
    assert ("Client.Data", "no", ["x"]) == (found.code, found.text, [entry.tag for entry in found.detail])


@pytest.mark.parametrize(
    ("content", "namespace", "parts"),
    [
        ("<S:faultcode>Server</S:faultcode><S:faultstring>t</S:faultstring>", SOAP11, ("Server", "t", None)),
        ("", SOAP11, ("", "", None)),
        ("<faultcode/><faultstring/><detail/>", SOAP11, ("", "", "detail")),
        (
            "<S:Code><S:Value>S:Sender</S:Value></S:Code><S:Reason><S:Text xml:lang='de'>nein</S:Text>"
            "<S:Text xml:lang='en'>no</S:Text></S:Reason>",
            SOAP12,
            ("Sender", "nein", None),
        ),
        (
            "<S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>m:One</S:Value><S:Subcode><S:Value>m:Two</S:Value>"
            "</S:Subcode></S:Subcode></S:Code><S:Reason><S:Text>t</S:Text></S:Reason><S:Detail/>",
            SOAP12,
            ("Two", "t", f"{{{SOAP12}}}Detail"),
        ),
    ],
)
def test_parts_of_a_fault(content: str, namespace: str, parts: tuple[str, str, str | None]) -> None:
    """Code without prefix (SOAP 1.2: the innermost subcode), text, and the detail element, in both versions."""
    found = opened(fault(content, namespace)).fault
    assert found is not None
    assert parts == (found.code, found.text, found.detail.tag if found.detail is not None else None)


def test_one_way_answers() -> None:
    """A one-way call is content with any success, notes what it did not expect, and still sees faults and errors."""
    assert Answer(None) == opened("", status=202, output=None)
    assert Answer(None, notes=("body-after-one-way",)) == opened("thanks", output=None)
    assert opened(fault(""), output=None).fault is not None
    with pytest.raises(BackendReplyInvalid):
        opened("thanks", status=500, output=None)


def test_an_empty_message_may_be_no_envelope() -> None:
    """Where the contract says that the reply is empty, an empty answer with any success is it; other text is none."""
    for status in (200, 202, 204):
        assert Answer(None) == opened("", status=status, output=Message(None))
    assert f"{{{SOAP11}}}Body" == opened(envelope(""), output=Message(None)).child.tag
    for status, text in ((500, ""), (200, "thanks")):
        with pytest.raises(BackendReplyInvalid):
            opened(text, status=status, output=Message(None))


def test_a_bare_message_is_the_body_itself() -> None:
    """Where the root of a message is the body, its children are read from there, and several are nothing odd."""
    found = opened(envelope("<a/><b/>"), output=Message(Element("Body", "", "Do#output"), bare=True))
    assert (f"{{{SOAP11}}}Body", ["a", "b"], ()) == (found.child.tag, [each.tag for each in found.child], found.notes)
    assert opened(fault(""), output=Message(Element("Body", "", "Do#output"), bare=True)).fault is not None


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: envelope(text).encode(errors="replace")))
def test_any_bytes(data: bytes) -> None:
    """Whatever arrives is an answer or a BackendReplyInvalid, never another error."""
    with suppress(BackendReplyInvalid):
        assert isinstance(opened(data), Answer)


def test_tags_are_counted_before_they_cost_memory() -> None:
    """More tags than any answer needs are refused unparsed, since each costs far more memory than its bytes."""
    with pytest.raises(BackendReplyInvalid) as caught:
        opened(envelope("<r>" + "<a/>" * MOST_TAGS + "</r>"))

    assert "more than 1,000,000 tags" == caught.value.cause
