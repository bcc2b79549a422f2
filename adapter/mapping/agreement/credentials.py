"""Agreement of credentials: every part that a mapping asks for must be set and usable, and go with the endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from adapter.mapping.agreement.types import Binder
from adapter.mapping.blocks import BLOCKS, Block
from adapter.mapping.model import Constant, Place
from adapter.mapping.model.operation import Resource
from adapter.mapping.model.soap import PATH_PARTS
from adapter.settings import credential_name, endpoint_names

CredentialProblem = Callable[[str, str], str]
CURSOR_SECRET = ("cursor", "SECRET")
"""The operator's credentials that cursors are signed with."""
CALLBACK_SECRET = ("callback", "SECRET")
"""The operator's credentials that messages to callers are signed with."""


def asked(resource: Resource, blocks: Mapping[str, Block] = BLOCKS) -> Iterator[tuple[Place, str, str, bool]]:
    """Yield each part of credentials that a mapping asks for: where, the credentials' name, the part, must it be."""
    rule = resource.soap.identity
    if rule is not None:
        yield from ((rule.place, *each) for each in rule.parts())
    for constant in constants(resource):
        yield from ((constant.place, constant.credential, part, True) for part in _parts(constant, blocks))
    for operation in resource.operations:
        if operation.cursor is not None:
            yield operation.cursor.place, *CURSOR_SECRET, False
        if operation.policy.write is not None and operation.policy.write.callback:
            yield operation.policy.write.place, *CALLBACK_SECRET, True


def constants(resource: Resource) -> Iterator[Constant]:
    """Yield every constant of a mapping: of header blocks, of requests, and of a session's login."""
    yield from resource.soap.headers
    yield from (each for rule in resource.rules() for each in rule.set)
    yield from (each for rule in resource.types.values() for each in rule.set)
    if resource.soap.identity is not None and resource.soap.identity.session is not None:
        yield from resource.soap.identity.session.set


def _parts(constant: Constant, blocks: Mapping[str, Block]) -> tuple[str, ...]:
    if constant.compute:
        return blocks[constant.compute].parts if constant.compute in blocks else ()
    return (constant.part,) if constant.credential else ()


def check_credentials(binder: Binder, problem_of: CredentialProblem, address: str, blocks: Mapping[str, Block]) -> None:
    """All parts of the credentials must be there and usable, and TLS must be spoken where it carries one."""
    soap = binder.resource.soap
    for place, name, part, needed in asked(binder.resource, blocks):
        problem = problem_of(name, part)
        variable = credential_name(name, part)
        what = "identity" if soap.identity is not None and place == soap.identity.place else "constant"
        if problem == "missing" and needed:
            text = f"{what}: the settings have no {part} of the credentials '{name}'"
            other = "" if part in PATH_PARTS else f", or {variable}_FILE to a file that holds it"
            binder.wrong(place, text, f"set {variable}{other}")
        elif problem and problem != "missing":
            binder.wrong(place, f"{what}: {variable}: {problem}", "see log-in-at-the-erp in docs/howto")
    rule = soap.identity
    if rule is not None and rule.certificate and address.startswith("http:"):
        text = "identity: a certificate is shown in TLS only, but the endpoint is http"
        binder.wrong(rule.place, text, f"set {endpoint_names(soap.service, soap.port)[0]} to an https address")
