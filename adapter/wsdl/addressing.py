"""What a contract says of WS-Addressing: whether a port asks for it, of which version, and the action of each input.

Sources: WS-Addressing 1.0 Metadata (section 3, policy assertions; section 4.4, actions), its predecessor WSDL Binding
(``wsaw:UsingAddressing``), WS-Policy 1.5 Framework (section 4) and Attachment (section 4), and their forms of 2004.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from adapter.wsdl.documents import Documents
from adapter.wsdl.names import WSDL, wsdl
from adapter.wsdl.overloads import name_of
from adapter.wsdl.types import Addressing

WSA10 = "http://www.w3.org/2005/08/addressing"
WSA2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_POLICIES = ("http://www.w3.org/ns/ws-policy", "http://schemas.xmlsoap.org/ws/2004/09/policy")
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SAID: Mapping[str, str] = {
    "{http://www.w3.org/2007/05/addressing/metadata}Addressing": WSA10,
    "{http://www.w3.org/2006/05/addressing/wsdl}UsingAddressing": WSA10,
    "{http://schemas.xmlsoap.org/ws/2004/08/addressing/policy}UsingAddressing": WSA2004,
}
_ACTIONS = (
    "{http://www.w3.org/2007/05/addressing/metadata}Action",
    "{http://www.w3.org/2006/05/addressing/wsdl}Action",
    f"{{{WSA10}}}Action",
    f"{{{WSA2004}}}Action",
)


def policies_of(documents: Documents) -> dict[str, etree._Element]:
    """Return the policies that a contract's documents name, by ``#id``."""
    found: dict[str, etree._Element] = {}
    for document in documents.files.values():
        for policy in document.root.iter(*(f"{{{namespace}}}Policy" for namespace in _POLICIES)):
            if name := policy.get(f"{{{_WSU}}}Id") or policy.get(_XML_ID):
                found.setdefault(f"#{name}", policy)
    return found


def addressing_of(nodes: Iterable[etree._Element], policies: Mapping[str, etree._Element]) -> Addressing | None:
    """Return what a port and its binding (``nodes``) say of WS-Addressing, None where they say nothing."""
    said: list[Addressing] = []
    for node in nodes:
        said += [
            Addressing(_SAID[str(child.tag)], child.get(f"{{{WSDL}}}required") in ("true", "1"))
            for child in node.iterchildren(*_SAID)
        ]
        for policy in _attached(node, policies):
            versions: list[str] = []
            required = _required(policy, policies, {}, versions)
            said += [Addressing(versions[0], required)] if versions else []
    return max(said, key=lambda each: each.required, default=None)


def action_of(abstract: etree._Element, soap_action: str) -> str:
    """Return the action of the input of a port type's operation.

    It is what the input says, else the SOAPAction, else made of the names (section 4.4.4).
    """
    given = abstract.find(wsdl("input"))
    if given is None:
        return ""
    for name in _ACTIONS:
        if action := (given.get(name) or "").strip():
            return action
    if soap_action:
        return soap_action
    port_type = abstract.getparent()
    local = "" if port_type is None else port_type.get("name", "")
    namespace = abstract.getroottree().getroot().get("targetNamespace", "")
    between = ":" if namespace.startswith("urn:") else "/"
    return between.join((namespace.removesuffix(between), local, name_of(abstract, "input")))


def _attached(node: etree._Element, policies: Mapping[str, etree._Element]) -> Iterator[etree._Element]:
    for namespace in _POLICIES:
        yield from node.iterchildren(f"{{{namespace}}}Policy", f"{{{namespace}}}PolicyReference")
        for uri in (node.get(f"{{{namespace}}}PolicyURIs") or "").split():
            if uri in policies:
                yield policies[uri]


def _required(
    policy: etree._Element,
    policies: Mapping[str, etree._Element],
    known: dict[etree._Element, bool],
    versions: list[str],
) -> bool:
    """Whether every alternative of a policy holds the assertion (WS-Policy 1.5, section 4.3).

    ``known`` is what was found before, so that references in circles end; ``versions`` collects what is spoken of.
    """
    if policy in known:
        return known[policy]
    known[policy] = False
    if policy.tag in _SAID:
        versions.append(_SAID[policy.tag])
        known[policy] = not any(policy.get(f"{{{namespace}}}Optional") in ("true", "1") for namespace in _POLICIES)
    elif inside := _inside(policy, policies):
        found = [_required(child, policies, known, versions) for child in inside]
        known[policy] = all(found) if etree.QName(policy).localname == "ExactlyOne" else any(found)
    return known[policy]


def _inside(policy: etree._Element, policies: Mapping[str, etree._Element]) -> list[etree._Element]:
    """Return what stands in a policy operator, or behind a reference; nothing for an assertion."""
    name = etree.QName(policy)
    if name.namespace not in _POLICIES:
        return []
    if name.localname == "PolicyReference":
        return [policies[uri]] if (uri := policy.get("URI") or "") in policies else []
    return list(policy.iterchildren(etree.Element))
