"""Credentials inside the message: parts of them in header blocks and in the body, and blocks that a function makes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapter import app
from adapter.errors import BuildError
from adapter.mapping.blocks import BLOCKS, Block, token_passport
from tests.unit.logins import REFUSED, SECRET, call, granting, sent
from tests.unit.loopback import Peer, replying, serving
from tests.unit.ticket_erp import DONE, environ, mapping, opened, project

PASSPORT = {
    "Passport.email": {"credential": "erp", "part": "USER"},
    "Passport.password": {"credential": "erp", "part": "PASSWORD"},
}
COMPUTED = {"tokenPassport": {"compute": "token_passport", "credential": "shop"}}
# The example of NetSuite's online help (Creating the Token Password); its signature is published with it.
SHOP = {
    "SHOP_ACCOUNT": "1234567",
    "SHOP_CONSUMER_KEY": "71cc02b731f05895561ef0862d71553a3ac99498a947c3b7beaf4a1e4a29f7c4",
    "SHOP_CONSUMER_SECRET": "7278da58caf07f5c336301a601203d10a58e948efa280f0618e25fcee1ef2abd",
    "SHOP_TOKEN": "89e08d9767c5ac85b374415725567d05b54ecf0960ad2470894a52f741020d82",
    "SHOP_TOKEN_SECRET": "060cd9ab3ffbbe1e3d3918e90165ffd37ab12acc76b4691046e2d29c7d7674c2",
}
SIGNATURE = "FCghIZqXNetuZY8ILWOFH0ucdfzQOmAuL+q+kF21zPs="


def block(request: bytes, name: str) -> dict[str, str]:
    """Return the texts of a header block of a request, attributes as ``element@name``."""
    found = {}
    for element in sent(request).find(f"{{*}}Header/{{*}}{name}"):
        local = etree.QName(element).localname
        found |= {local: element.text} | {f"{local}@{key}": value for key, value in element.attrib.items()}
    return found


def test_credentials_in_a_header_block(tmp_path: Path) -> None:
    """The block holds the parts as the files say them now; no restart is needed for a new password."""
    file = tmp_path / "password"
    file.write_text("first\n", "utf-8")
    project(tmp_path, mapping({"headers": PASSPORT}))
    with serving(replying(DONE)) as erp:
        client = opened(tmp_path, environ(erp.url, ERP_USER="me@shop.example", ERP_PASSWORD_FILE="password"))
        assert 200 == call(client)[0]
        file.write_text("second\n", "utf-8")
        assert 200 == call(client)[0]
    blocks = [block(request, "Passport") for request in erp.requests]
    assert [{"email": "me@shop.example", "password": text} for text in ("first", "second")] == blocks


def test_credentials_in_the_body(tmp_path: Path) -> None:
    """``set:`` takes parts of credentials too."""
    constants = {
        "Benutzer": {"credential": "erp", "part": "USER"},
        "Kennwort": {"credential": "erp", "part": "PASSWORD"},
    }
    project(tmp_path, mapping({}, set=constants))
    with serving(replying(DONE)) as erp:
        assert 200 == call(opened(tmp_path, environ(erp.url, ERP_USER="u", ERP_PASSWORD=SECRET)))[0]
    body = sent(erp.requests[0]).find("{*}Body/{*}In")
    assert ["u", SECRET] == [body.findtext(f"{{*}}{name}") for name in ("Benutzer", "Kennwort")]


def test_token_passport_signs_as_the_vendor_says() -> None:
    """With the values of the vendor's own example the signature is the one that it publishes."""
    make = token_passport(lambda: 1439829974.9, lambda: "6obMKq0tmY8ylVOdEkA1").make
    made = make({name.removeprefix("SHOP_"): text for name, text in SHOP.items()})
    assert (SIGNATURE, "HMAC-SHA256", "1439829974") == (
        made["signature"],
        made["signature.@algorithm"],
        made["timestamp"],
    )


def test_a_computed_block(tmp_path: Path) -> None:
    """The block stands in the header, whole and in the contract's order, with the clock that was brought along."""
    project(tmp_path, mapping({"headers": COMPUTED}))
    blocks = {"token_passport": token_passport(lambda: 1439829974, lambda: "6obMKq0tmY8ylVOdEkA1")}
    with serving(replying(DONE)) as erp:
        assert 200 == call(opened(tmp_path, environ(erp.url, **SHOP), blocks))[0]
    assert [
        ("account", "1234567"),
        ("consumerKey", SHOP["SHOP_CONSUMER_KEY"]),
        ("token", SHOP["SHOP_TOKEN"]),
        ("nonce", "6obMKq0tmY8ylVOdEkA1"),
        ("timestamp", "1439829974"),
        ("signature", SIGNATURE),
        ("signature@algorithm", "HMAC-SHA256"),
    ] == list(block(erp.requests[0], "tokenPassport").items())


def test_each_call_has_a_nonce_of_its_own(tmp_path: Path) -> None:
    """Nonces are letters and digits, 6 to 64 of them, and never the same."""
    project(tmp_path, mapping({"headers": COMPUTED}))
    with serving(replying(DONE)) as erp:
        client = opened(tmp_path, environ(erp.url, **SHOP))
        assert {200} == {call(client)[0] for _ in range(3)}
    nonces = {block(request, "tokenPassport")["nonce"] for request in erp.requests}
    assert 3 == len(nonces)
    assert all(re.fullmatch("[A-Za-z0-9]{6,64}", nonce) for nonce in nonces)


def test_each_try_of_a_call_has_a_nonce_of_its_own(tmp_path: Path) -> None:
    """When a refused token makes the adapter send a call again, the block is made again."""
    project(tmp_path, mapping({"headers": COMPUTED, "identity": {"bearer": "web"}}))

    def once(peer: Peer) -> None:
        answers = iter([REFUSED, DONE])
        while peer.request():
            peer.send(next(answers))

    with serving(granting(3600)) as login, serving(once) as erp:
        web = {"WEB_TOKEN_URL": login.url, "WEB_CLIENT_ID": "c", "WEB_CLIENT_SECRET": SECRET}
        assert 200 == call(opened(tmp_path, environ(erp.url, **SHOP, **web)))[0]
    assert 2 == len({block(request, "tokenPassport")["nonce"] for request in erp.requests})


def mistakes(folder: Path, soap: dict[str, Any], blocks: dict[str, Block] | None = None, **parts: str) -> list[str]:
    """Return what a build says about header blocks like these."""
    project(folder, mapping(soap))
    with pytest.raises(BuildError) as caught:
        app.build(folder, environ("http://127.0.0.1:1/", **parts), {**BLOCKS, **(blocks or {})})
    return [mistake.text for mistake in caught.value.mistakes]


def test_a_missing_part_is_a_mistake(tmp_path: Path) -> None:
    """Each missing part is named with its variable, and nothing else is said about it."""
    assert [
        "constant: the settings have no USER of the credentials 'erp'",
        "constant: the settings have no PASSWORD of the credentials 'erp'",
    ] == mistakes(tmp_path, {"headers": PASSPORT})


def test_a_part_that_the_contract_does_not_allow_is_a_mistake(tmp_path: Path) -> None:
    """The variable is named; what it holds is not repeated."""
    (said,) = mistakes(tmp_path, {"headers": PASSPORT}, ERP_USER="u", ERP_PASSWORD=SECRET * 3)
    assert "Passport: password: ADAPTER_CREDENTIAL_ERP_PASSWORD is not what the contract allows" == said


def test_a_block_that_does_not_fit_is_a_mistake(tmp_path: Path) -> None:
    """Every path that a function fills is proved against the contract, and so is what it leaves out."""
    ticket = Block(("USER",), ("email", "Pasword"), lambda parts: {})
    computed = {"Passport": {"compute": "ticket", "credential": "erp"}}
    (said,) = mistakes(tmp_path, {"headers": computed}, {"ticket": ticket}, ERP_USER="u")
    assert "Pasword: there is no Pasword in Passport" == said
    short = Block(("USER",), ("email",), lambda parts: {})
    (said,) = mistakes(tmp_path, {"headers": computed}, {"ticket": short}, ERP_USER="u")
    assert "the header Passport requires password" == said


def test_a_function_makes_the_whole_block(tmp_path: Path) -> None:
    """Nothing can be written beside it."""
    both = {**COMPUTED, "tokenPassport.account": "1"}
    assert "tokenPassport: a function makes the whole block" in mistakes(tmp_path, {"headers": both}, **SHOP)
