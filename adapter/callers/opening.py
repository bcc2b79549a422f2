"""What tells who asks, opened for one process and all that it forks: keys, tokens, or both, as the settings say."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from adapter.callers import Callers
from adapter.callers.issuers import Issuer, issuers
from adapter.callers.keys import Keys
from adapter.durable import Durable
from adapter.errors import BuildError, Mistake, RequestError
from adapter.settings import Settings
from adapter.telemetry import Telemetry

if TYPE_CHECKING:
    from adapter.callers.tokens import Tokens

_PURPOSE = "subjects-of-tokens"


def nobody_can_be_known(settings: Settings) -> tuple[Mistake, ...]:
    """Return a mistake where callers have to be known, and neither keys nor tokens can make them so."""
    if settings.callers != "known" or has_keys(settings) or settings.issuer:
        return ()
    remedy = (
        "set ADAPTER_STORE_KEY and make a key with `adapter keys create`; or name an issuer of tokens; or say "
        "ADAPTER_CALLERS=everyone"
    )
    return (Mistake("adapter.env", 0, 0, "callers have to be known, and there is nothing to know them by", remedy),)


def has_keys(settings: Settings) -> bool:
    """Whether there can be API keys: their hashes are keyed by the operator's secret."""
    return bool(settings.store_key or settings.store_key_file)


def open_callers(settings: Settings, durable: Durable, telemetry: Telemetry) -> Callers:
    """Return what tells who asks. No store and no issuer is asked before ``begin``, or before somebody shows a key.

    What it takes is imported now, so that processes share it. Raise BuildError where the settings are wrong.
    """
    keys = None
    if has_keys(settings):
        importlib.import_module("adapter.store.keys")
        keys = Keys(durable, partial(_failed, telemetry, "keys"), partial(telemetry.metrics.callers_aged, "keys"))
    return Callers(keys, _tokens(settings, durable, telemetry), telemetry.metrics.caller_refused)


def _tokens(settings: Settings, durable: Durable, telemetry: Telemetry) -> Tokens | None:
    found, wrong = issuers(settings.issuer)
    if wrong:
        raise BuildError(wrong)
    if not found:
        return None
    jwks, tokens = (importlib.import_module(f"adapter.callers.{name}") for name in ("jwks", "tokens"))
    of_issuers = {
        each.url: (
            each,
            jwks.Jwks(
                jwks.fetching(each.jwks),
                each.algorithms,
                partial(_failed, telemetry, each.name),
                partial(telemetry.metrics.callers_aged, each.name),
            ),
        )
        for each in found
    }
    made: Tokens = tokens.Tokens(of_issuers, _key(settings, durable, found))
    return made


def _key(settings: Settings, durable: Durable, found: list[Issuer]) -> Callable[[], bytes]:
    """Return what keys the hashes of subjects: the operator's secret, or the issuers, which are no secret."""
    if not has_keys(settings):
        public = hashlib.sha256("\n".join(each.url for each in found).encode()).digest()
        return lambda: public
    return lambda: durable.keyring.current.key(_PURPOSE)


def _failed(telemetry: Telemetry, of: str, error: Exception) -> None:
    """Tell that keys could not be had: what the world does as a line, anything else as a bug."""
    if isinstance(error, RequestError | ValueError):
        telemetry.lines.warning("callers-not-refreshed", message=of, cause=str(error))
    else:
        telemetry.bug(error, "", "-")
