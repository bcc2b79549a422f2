"""Answers with a wrong signature over real HTTP: each is refused for its own reason, and each check is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml import etree

from tests.unit.logins import call
from tests.unit.loopback import serving
from tests.wsse.erp import FORGED, HONEST, confirmed, honest, signing, trusting
from tests.wsse.hostile import HOSTILE, Hostile
from tests.wsse.off import CHECKS, without


@pytest.fixture(scope="module", name="ask")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Callable[[Any], bytes]], tuple[int, Any]]]:
    """Return what makes one call of an adapter whose ERP answers as a function says."""
    chosen: list[Callable[[Any], bytes]] = []
    with serving(signing(lambda request: chosen[-1](request))) as erp:
        opened = trusting(tmp_path_factory.mktemp("signed"), erp.url)

        def ask(make: Callable[[Any], bytes]) -> tuple[int, Any]:
            chosen.append(make)
            return call(opened)

        yield ask


def test_correct_answers_are_accepted(ask: Callable[..., tuple[int, Any]]) -> None:
    """A right signature is accepted, with and without the confirmation of ours."""
    assert (200, {"name": HONEST}) == ask(lambda request: etree.tostring(honest()))
    assert (200, {"name": HONEST}) == ask(lambda request: etree.tostring(confirmed(request)))


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_each_is_refused_for_its_reason(
    ask: Callable[..., tuple[int, Any]], hostile: Hostile, capsys: pytest.CaptureFixture[str]
) -> None:
    """The caller reads that nobody knows; the log names the check, and nothing of the XML."""
    status, told = ask(hostile.bytes)
    assert (502, "/problems/backend-reply-invalid") == (status, told["type"])
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (f"signature: {hostile.cause}", "maybe") == (line["cause"], line["sent"])


def test_a_replayed_answer_is_refused(ask: Callable[..., tuple[int, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    """The same answer counts once."""
    once = etree.tostring(honest())
    assert [200, 502] == [ask(lambda request: once)[0] for _ in range(2)]
    assert "signature: the answer was received before" in capsys.readouterr().out
    with without("replays"):
        assert 200 == ask(lambda request: once)[0]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda each: each.name)
def test_each_gets_through_without_its_check(ask: Callable[..., tuple[int, Any]], hostile: Hostile) -> None:
    """With the checks in its way switched off it is believed: nothing else refuses it, so the variant is a real one."""
    with without(*hostile.guards):
        status, told = ask(hostile.bytes)
    assert (status, told) in [(200, {"name": HONEST}), (200, {"name": FORGED})] or (409 == status)


def test_every_check_is_asked() -> None:
    """There is an answer for each check that can be switched off."""
    assert set(CHECKS) == {guard for hostile in HOSTILE for guard in hostile.guards} | {"replays"}
