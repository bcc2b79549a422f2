"""The contract reader against contracts that nobody here wrote, judged by zeep and by the xmlschema library.

The corpus is not part of the project: a folder beside the checkout, or the one that ``ADAPTER_CORPUS`` names.
"""

from __future__ import annotations

import json
import pickle
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from xmlschema.extras.wsdl import Wsdl11Document

from adapter.errors import BuildError
from adapter.wsdl.documents import read_documents
from adapter.wsdl.load import contract, load
from adapter.wsdl.types import Element, Group, Record, Scalar, Type
from adapter.wsdl.zeep_documents import zeep_client
from tests.unit.wsdl_texts import CORPUS, ROOT, XS

FILES = [file.relative_to(CORPUS).as_posix() for file in sorted(CORPUS.rglob("*.wsdl"))]
CORPUS_FILES = FILES or [pytest.param("", marks=pytest.mark.skip(reason="the corpus is not here (ADAPTER_CORPUS)"))]
OWN = [(ROOT / "wsdl", file.relative_to(ROOT / "wsdl").as_posix()) for file in sorted((ROOT / "wsdl").rglob("*.wsdl"))]
# What nobody can read, and why.
BROKEN = {
    "unloadable/aeat/xades/exswsv2/exs_presentation_IE615V2.wsdl": "white space before its XML declaration",
    "unloadable/xkms/xkms.wsdl": "has a DOCTYPE",
}
# What our reader accepts and zeep does not.
NOT_FOR_ZEEP = {
    "unloadable/header.wsdl",
    "unloadable/ArrayTest.wsdl",
    "unloadable/FaultService.wsdl",
    "unloadable/node-soap-import-mismatch/soap.wsdl",
    "unloadable/sample.wsdl",
}
# What xmlschema refuses where we and zeep do not (ambiguous content, a missing import, a one-way operation) ...
NOT_FOR_XMLSCHEMA = BROKEN.keys() | {
    "dhl-bcs/geschaeftskundenversand-api-3.3.2.wsdl",
    "dynamics-nav/RecordLink.wsdl",
    "interop-apache/oneway.wsdl",
    "interop-apache/round4XSD.wsdl",
    "interop-apache/swa-mime.wsdl",
    "onvif/ver10/device/wsdl/devicemgmt.wsdl",
    "onvif/ver10/events/wsdl/event.wsdl",
    "onvif/ver10/media/wsdl/media.wsdl",
    "onvif/ver20/imaging/wsdl/imaging.wsdl",
    "onvif/ver20/ptz/wsdl/ptz.wsdl",
    "unloadable/header.wsdl",
    "unloadable/node-soap-import-mismatch/soap.wsdl",
    "zuora/zuora.a.78.0.wsdl",
    # ... and what it takes ten seconds for. These agreed when the reader was written.
    "netsuite/netsuite.wsdl",
    "vmware-vim/vim.wsdl",
    "vmware-vim/vimService.wsdl",
}
JUDGED = OWN + [(CORPUS, file) for file in FILES if file not in NOT_FOR_XMLSCHEMA]
# Operations that zeep offers and the contract tree leaves out: HTTP GET and POST ports.
ONLY_ZEEP = {
    ("DataService", "DataServiceHttpGet", "GetTitleAuthors"),
    ("DataService", "DataServiceHttpPost", "GetTitleAuthors"),
}


@pytest.mark.parametrize("file", CORPUS_FILES)
def test_real_contracts_agree_with_zeep(file: str) -> None:
    """Services, ports, operations, global elements and named types are those that zeep finds in the same documents."""
    if file in BROKEN:
        with pytest.raises(BuildError) as caught:
            load(CORPUS, file)
        assert BROKEN[file] in str(caught.value)
        return
    documents = read_documents(CORPUS, file)
    ours = contract(documents)
    assert ours == pickle.loads(pickle.dumps(ours))
    if file in NOT_FOR_ZEEP:
        with pytest.raises(BuildError, match="zeep cannot use this contract"):
            zeep_client(documents)
        return
    theirs = zeep_client(documents).wsdl
    operations = {
        (service.name, port.name, name)
        for service in theirs.services.values()
        for port in service.ports.values()
        for name in port.binding._operations
    } or {
        (binding.name.localname,) * 2 + (name,) for binding in theirs.bindings.values() for name in binding._operations
    }
    assert operations - ONLY_ZEEP == {
        (service.name, port.name, operation.name)
        for service in ours.services.values()
        for port in service.ports.values()
        for operation in port.operations.values()
    }
    assert set(ours.elements) == {e.qname.text for e in theirs.types.elements if not by_heart(e.qname.text)}
    assert {t.qname.text for t in theirs.types.types if t.qname is not None and not by_heart(t.qname.text)} <= set(
        ours.types
    )


def by_heart(key: str) -> bool:
    """Whether a name is of a schema that our reader knows by heart, and so does not list."""
    return key.startswith((XS, "{http://schemas.xmlsoap.org/soap/encoding/}", "{http://www.w3.org/XML/1998/namespace}"))


@pytest.mark.parametrize(("folder", "file"), JUDGED)
def test_types_agree_with_xmlschema(folder: Path, file: str) -> None:
    """Every complex and simple type has the elements, bounds, attributes and facets that xmlschema finds."""
    ours, judge = load(folder, file), judged(folder, file)
    compared = 0
    for key, theirs in judge.types.items():
        if not isinstance(theirs, tuple) and not by_heart(key) and "xmlsoap.org/wsdl/" not in key:
            assert same(ours.types[key], theirs, ours.substitutes), key
            compared += 1
    for key, element in judge.elements.items():
        if not isinstance(element, tuple) and not by_heart(key) and "xmlsoap.org/wsdl/" not in key:
            found = ours.elements[key]
            assert (found.abstract, found.nillable) == (bool(element.abstract), bool(element.nillable)), key
            if element.type.name:
                assert element.type.name == found.type, key
            else:
                assert same(ours.types[found.type], element.type, ours.substitutes), key
            members = {member.name for member in judge.substitution_groups.get(key, ())}
            assert members == set(ours.substitutes.get(key, ())), key
            compared += 1
    assert compared or not {key for key in ours.types if not by_heart(key) and "#" not in key}


def judged(folder: Path, file: str) -> Any:
    """Return xmlschema's maps of all components of a contract."""
    catalog = json.loads((folder / "catalog.json").read_text()) if (folder / "catalog.json").exists() else {}

    def local(url: str) -> str:
        known = catalog.get("http" + url[5:] if url.startswith("https:") else url)
        return (folder / known).as_uri() if known else url

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Wsdl11Document(str(folder / file), validation="lax", uri_mapper=local, allow="local").schema.maps


def same(found: Type, theirs: Any, members: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a type says the same in both. A facet that xmlschema lost on the way from the base is not compared."""
    ours, judged = as_ours(found), as_theirs(theirs, members)
    if isinstance(found, Scalar):
        pairs = zip(ours[2], judged[2], strict=True)
        return bool(ours[:2] == judged[:2]) and all(judge in (our, "None") for our, judge in pairs)
    return bool(ours == judged)


FACETS = {
    "length": "length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minInclusive": "min_inclusive",
    "maxInclusive": "max_inclusive",
    "minExclusive": "min_exclusive",
    "maxExclusive": "max_exclusive",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}


def as_ours(found: Type) -> Any:
    """Return a type of the contract tree in a form that can be compared."""
    if isinstance(found, Record):
        if found.soap_array:
            return "soap array"
        attributes = sorted((attribute.tag, attribute.required) for attribute in found.attributes)
        inside = "text" if found.text else list(flat(found.content))
        return found.abstract, found.mixed, bool(found.any_attribute), attributes, inside
    if not isinstance(found, Scalar):
        return type(found).__name__
    return found.builtin, len(found.facets.enumeration), [str(getattr(found.facets, name)) for name in FACETS.values()]


def flat(group: Group | None) -> Iterator[tuple[str, int, int | None, bool]]:
    """Yield the elements and wildcards of a group with their bounds, in order."""
    for item in group.items if group else ():
        if isinstance(item, Group):
            yield from flat(item)
        elif isinstance(item, Element):
            yield item.tag, item.min, item.max, item.nillable
        else:
            yield "any", item.min, item.max, False


def as_theirs(found: Any, members: Mapping[str, tuple[str, ...]]) -> Any:
    """Return a type of xmlschema in the same form."""
    if found.is_complex():
        if "soap/encoding/}Array" in str(getattr(found.base_type, "name", "")):
            return "soap array"
        attributes = sorted((name, use.use == "required") for name, use in found.attributes.items() if name)
        inside = "text" if found.has_simple_content() else list(their_flat(found.content, members))
        return found.abstract, found.mixed, None in found.attributes, attributes, inside
    if found.is_list() or found.is_union():
        return "ListOf" if found.is_list() else "Union"
    builtin = found
    while not str(builtin.name).startswith(XS):
        builtin = builtin.base_type
    facets = {name.removeprefix(XS): facet for name, facet in found.facets.items() if name and name.startswith(XS)}
    own = {name: facet for name, facet in facets.items() if facet is not builtin.facets.get(f"{XS}{name}")}
    texts = [own[name].elem.get("value") if name in own else "None" for name in FACETS]
    return builtin.local_name, len(found.enumeration or ()), texts


def their_flat(group: Any, members: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, int, int | None, bool]]:
    """Yield the elements and wildcards of a group of xmlschema with their bounds, in order.

    In place of the head of a substitution group stand those that may be there.
    """
    for item in group or ():
        if isinstance(item, xmlschema.validators.XsdGroup):
            yield from their_flat(item, members) if item.max_occurs != 0 else ()
        elif isinstance(item, xmlschema.validators.XsdAnyElement):
            yield "any", item.min_occurs, item.max_occurs, False
        elif item.max_occurs != 0:
            keys = (item.name, *members.get(item.name, ())) if item.ref is not None else (item.name,)
            alternatives = [
                each for key in keys if not (each := item.maps.elements[key] if item.ref else item).abstract
            ]
            for each in alternatives or [item]:
                bounds = (1, 1) if len(alternatives) > 1 else (item.min_occurs, item.max_occurs)
                yield each.name, *bounds, bool(each.nillable)
