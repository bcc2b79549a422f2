"""Answers that are no SOAP envelope, or none that says anything."""

from __future__ import annotations

import codecs
from functools import partial

from tests.bad_answers.case import (
    GOOD,
    INVALID,
    RIGHT,
    SECRET,
    SOAP11,
    SOAP12,
    Case,
    customer,
    envelope,
    fault,
    http,
)
from tests.bad_answers.server import Peer

_FAULT = (502, "backend-fault")
_EXPANDED = "&a;"
_ATTRIBUTES = " ".join(f"a{number}='>'" for number in range(200_000))
_BOMB = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))


def _at_lure(prolog: str, content: str, peer: Peer) -> None:
    """Name the second server in a document type."""
    text = envelope(customer(SECRET, content), prolog=prolog.replace("LURE", f"http://127.0.0.1:{peer.lure}/x"))
    peer.send(http(text))


def _xml(name: str, body: str | bytes, why: str) -> Case:
    return Case(name, http(body), *INVALID, why)


def _fine(name: str, answer: bytes, why: str, note: str = "") -> Case:
    return Case(name, answer, 200, "", why, found=GOOD, note=note)


def _type(name: str, subset: str, content: str, why: str) -> Case:
    return Case(name, partial(_at_lure, f"<!DOCTYPE x {subset}>", content), *INVALID, why)


def _charset(text: str, encoding: str, media: str = "text/xml", declared: str = "") -> bytes:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return http((prolog + text).encode(encoding), media=media)


XML = (
    _xml("empty", "", "Nothing is no answer."),
    _xml("blank", " \r\n", "White space is no answer."),
    _xml("plain text", f"ERROR {SECRET}", "No XML."),
    _xml("JSON", f'{{"error": "{SECRET}"}}', "No XML."),
    _xml("cut off in the first tag", RIGHT[:20], "Not well-formed."),
    _xml("cut off in a value", RIGHT[: RIGHT.index("Schäfer") + 3], "Not well-formed."),
    _xml("cut off before the last tag", RIGHT[:-15], "Not well-formed."),
    _xml("two documents", RIGHT + RIGHT, "Not well-formed."),
    _xml("text after the document", RIGHT + SECRET, "Not well-formed."),
    _xml("NULs after the document", RIGHT + "\0\0", "Not well-formed."),
    _xml("NUL in a value", RIGHT.replace("Schäfer", "Sch\0fer"), "Not well-formed."),
    _xml("control character by reference", RIGHT.replace("Schäfer", "Sch&#1;fer"), "Not well-formed."),
    _xml("ampersand alone", RIGHT.replace("Schäfer", "Schäfer & Co"), "Not well-formed."),
    _xml("HTML's entity", RIGHT.replace("Schäfer", "Sch&auml;fer"), "XML has five entities."),
    _xml("prefix without a namespace", RIGHT.replace("p:Name1", "q:Name1"), "Not well-formed."),
    _xml("attribute twice", RIGHT.replace("<p:Name1>", '<p:Name1 a="1" a="2">'), "Not well-formed."),
    _xml("tags crossed", RIGHT.replace("</p:Name1><p:Status>", "<p:Status></p:Name1>"), "Not well-formed."),
    _fine("reference to a character", http(RIGHT.replace("Schäfer", "Sch&#xE4;fer")), "As good as the character."),
    _fine("CDATA", http(RIGHT.replace("Schäfer", "<![CDATA[Sch]]>ä<![CDATA[fer]]>")), "As good as text."),
    _fine("comment inside a value", http(RIGHT.replace("Schäfer", "Sch<!-- x -->äfer")), "It is no part of the value."),
    _fine("processing instruction inside a value", http(RIGHT.replace("Schäfer", "Sch<?x y?>äfer")),
          "It is no part of the value."),
    _fine("line end before the document", http("\r\n" + RIGHT), "Read and noted.", "space-before-xml"),
    _fine("byte order mark", http(codecs.BOM_UTF8 + RIGHT.encode()), "Some servers send one."),
    _xml("10,000 deep", RIGHT.replace(SECRET, "<a>" * 10_000 + "</a>" * 10_000), "libxml2 goes 256 deep."),
    _xml("200,000 attributes", RIGHT.replace("<p:Name1>", f"<p:Name1 {_ATTRIBUTES}>"), "At most 1,000 in one tag."),
    _fine("9 MB in one attribute", http(RIGHT.replace("<p:Name1>", f'<p:Name1 a="{"x" * 9_000_000}">')),
          "Within the limit of bytes, and nobody mapped it."),
    _type("document type", "[]", "x", "SOAP 1.1 section 3 forbids it."),
    _type("entity", '[<!ENTITY a "Evil">]', _EXPANDED, "Nothing is expanded."),
    _type("entity of a file", '[<!ENTITY a SYSTEM "file:///etc/hostname">]', _EXPANDED, "Nothing is opened."),
    _type("entity of another server", '[<!ENTITY a SYSTEM "LURE">]', _EXPANDED, "Nothing is fetched."),
    _type("parameter entity", '[<!ENTITY % a SYSTEM "LURE"> %a;]', "x", "Nothing is fetched."),
    _type("document type elsewhere", 'SYSTEM "LURE"', "x", "Nothing is fetched."),
    _type("default attribute", '[<!ATTLIST p:Partner a CDATA "Evil">]', "x", "Nothing is added."),
    _type("entity bomb", f'[<!ENTITY a "{SECRET}">{_BOMB}]', "&i;", "A billion words in 1 KB."),
    _type("quadratic blow-up", f'[<!ENTITY a "{"x" * 50_000}">]', _EXPANDED * 50_000, "2.5 GB in 200 KB."),
)  # fmt: skip

CHARSETS = (
    _fine("Latin-1, declared", _charset(RIGHT, "latin-1", declared="ISO-8859-1"), "As declared."),
    _fine("Latin-1, by the media type", _charset(RIGHT, "latin-1", "text/xml; charset=ISO-8859-1"),
          "As the header says."),
    _fine("Windows-1252, declared", _charset(RIGHT, "cp1252", declared="windows-1252"), "As declared."),
    _fine("UTF-16", _charset(RIGHT, "utf-16", declared="UTF-16"), "As its byte order mark says."),
    _fine("UTF-16, big endian, not declared", http(codecs.BOM_UTF16_BE + RIGHT.encode("utf-16-be"), media="text/xml"),
          "As its byte order mark says."),
    _fine("declaration against media type", _charset(RIGHT, "utf-8", "text/xml; charset=ISO-8859-1", "UTF-8"),
          "The document knows better; it is noted.", "charset-differs"),
    Case("Latin-1 that says UTF-8", _charset(RIGHT, "latin-1", declared="UTF-8"), *INVALID, "Nothing is guessed."),
    Case("Latin-1 that says nothing", _charset(RIGHT, "latin-1"), *INVALID, "XML is UTF-8 then."),
    Case("unknown encoding, declared", _charset(RIGHT, "utf-8", declared="x-blub"), *INVALID, "Nobody can read it."),
    Case("unknown charset", _charset(RIGHT, "utf-8", "text/xml; charset=x-blub"), *INVALID, "Nobody can read it."),
    Case("a codec of Python's", _charset(RIGHT, "utf-8", "text/xml; charset=zlib"), *INVALID, "That is no charset."),
    Case("EBCDIC", http(RIGHT.encode("cp037")), *INVALID, "Nothing says so."),
)  # fmt: skip

SOAP = (
    _xml("another root", f"<error>{SECRET}</error>", "No envelope."),
    _xml("the answer without an envelope", RIGHT[RIGHT.index("<s:Body>") + 8 :].partition("</s:Body>")[0].replace(
        "<d:LesePartnerAntwort>",
        '<d:LesePartnerAntwort xmlns:d="urn:muster-erp:dienst" xmlns:p="urn:muster-erp:partner"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'), "No envelope."),
    _xml("envelope in another namespace", envelope(customer(), soap="urn:blub"), "No envelope of SOAP."),
    _xml("envelope without a namespace", RIGHT.replace("<s:", "<").replace("</s:", "</"), "No envelope of SOAP."),
    _xml("no body", f'<s:Envelope xmlns:s="{SOAP11}"/>', "An envelope has one body."),
    _xml("two bodies", RIGHT.replace("<s:Body>", f"<s:Body>{SECRET}</s:Body><s:Body>"), "An envelope has one body."),
    _xml("body empty", envelope(""), "The contract promises an answer."),
    _xml("body of text", envelope(SECRET), "The contract promises an answer."),
    _xml("another operation's answer", envelope("<d:LeseAuftragAntwort/>"), "Not what was asked."),
    _xml("the request sent back", envelope("<d:LesePartner><d:PartnerNr>0000000002</d:PartnerNr></d:LesePartner>"),
         "Not what was asked."),
    _xml("answer in another namespace", RIGHT.replace("d:LesePartnerAntwort", "p:LesePartnerAntwort"),
         "Not the contract's."),
    _fine("answer under another name", http(RIGHT.replace("LesePartnerAntwort", "LesePartnerErgebnis")),
          "It holds just what is expected; it is noted.", "other-root"),
    _fine("something after the answer", http(envelope(customer() + "<d:Mehr/>")), "The first counts; it is noted.",
          "several-body-elements"),
    _fine("something after the body", http(RIGHT.replace("</s:Body>", "</s:Body><d:Mehr/>")), "It is noted.",
          "elements-after-body"),
    _fine("header that must be understood", http(envelope(customer(), header='<d:Kopf s:mustUnderstand="1"/>')),
          "A reply's header changes nothing here; it is noted.", "header-must-understand"),
    _fine("SOAP 1.2 on a 1.1 port", http(envelope(customer(), soap=SOAP12), media="application/soap+xml"),
          "Clear all the same; it is noted.", "soap-version-differs"),
)  # fmt: skip

FAULTS = (
    Case("mapped fault", http(envelope(fault("GP-404")), "500 Oops"), 404, "customer-not-found",
         "As the mapping says."),
    Case("mapped fault with 200", http(envelope(fault("GP-404"))), 404, "customer-not-found", "The body decides."),
    Case("mapped fault with 404", http(envelope(fault("GP-404")), "404 No"), 404, "customer-not-found",
         "The body decides."),
    Case("fault by its detail", http(envelope(fault("", detail="<f:SperrFehler/>"))), 423, "record-locked",
         "As the mapping says."),
    Case("fault of SOAP 1.2 on a 1.1 port", http(envelope(
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>{SECRET}</s:Text></s:Reason>"
        "<s:Detail><f:ErpFehler><f:Code>GP-404</f:Code></f:ErpFehler></s:Detail></s:Fault>", soap=SOAP12), "500 Oops"),
        404, "customer-not-found", "Clear all the same."),
    Case("unmapped fault", http(envelope(fault("XX-1")), "500 Oops"), *_FAULT, "Its text stays inside."),
    Case("fault without detail", http(envelope(f"<s:Fault><faultcode>s:Server</faultcode><faultstring>{SECRET}"
         "</faultstring></s:Fault>"), "500 Oops"), *_FAULT, "Its text stays inside."),
    Case("fault of nothing", http(envelope("<s:Fault/>"), "500 Oops"), *_FAULT, "A fault is a fault."),
    Case("HTML in a fault", http(envelope(fault("", detail=f"<html><body>{SECRET}</body></html>")), "500 Oops"),
         *_FAULT,
         "Its detail stays inside."),
    Case("code of 100,000 characters", http(envelope(fault("X" * 100_000)), "500 Oops"), *_FAULT,
         "It is cut for the log."),
    Case("code of line ends", http(envelope(fault("GP-404&#10;X-Evil: 1")), "500 Oops"), *_FAULT, "Another code."),
    Case("code with elements inside", http(envelope(fault("GP<f:a/>-404")), "500 Oops"), *_FAULT, "Another code."),
    Case("fault and answer", http(envelope(fault("GP-404") + customer())), 404, "customer-not-found",
         "A fault is a fault."),
    Case("fault without a namespace", http(envelope(f"<Fault><faultstring>{SECRET}</faultstring></Fault>")), *INVALID,
         "Neither answer nor fault."),
    Case("stack trace in a fault", http(envelope(fault("", "java.lang.NullPointerException at a.B.c(B.java:1)")),
         "500 Oops"), *_FAULT, "Its text stays inside."),
)  # fmt: skip
