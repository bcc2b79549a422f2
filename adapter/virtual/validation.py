"""Whether an envelope is what the document/literal contract allows: one XML Schema over the whole message.

The schema is made from the project's own files alone. It covers the envelope too, so that prefixes declared there
keep their meaning for ``xsi:type`` inside the body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

from adapter.virtual.contract import inline_schemas
from adapter.wsdl.types import SOAP11_ENVELOPE, SOAP12_ENVELOPE, XSD

_ANY_ATTRIBUTE = '<xsd:anyAttribute namespace="##any" processContents="lax"/>'
_ENVELOPE = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:s="{namespace}" targetNamespace="{namespace}"
            elementFormDefault="qualified">
  <xsd:element name="Envelope"><xsd:complexType><xsd:sequence>
    <xsd:element name="Header" minOccurs="0"><xsd:complexType><xsd:sequence>
      <xsd:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xsd:sequence>{any}</xsd:complexType></xsd:element>
    <xsd:element name="Body"><xsd:complexType><xsd:sequence>
      <xsd:any namespace="##any" processContents="strict"/>
    </xsd:sequence>{any}</xsd:complexType></xsd:element>
  </xsd:sequence>{any}</xsd:complexType></xsd:element>
  {fault}
</xsd:schema>
"""
_FAULT11 = """
  <xsd:element name="Fault"><xsd:complexType><xsd:sequence>
    <xsd:element name="faultcode" type="xsd:QName" form="unqualified"/>
    <xsd:element name="faultstring" type="xsd:string" form="unqualified"/>
    <xsd:element name="detail" form="unqualified" minOccurs="0"><xsd:complexType><xsd:sequence>
      <xsd:any namespace="##any" processContents="strict"/>
    </xsd:sequence></xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
"""
_FAULT12 = """
  <xsd:element name="Fault"><xsd:complexType><xsd:sequence>
    <xsd:element name="Code"><xsd:complexType><xsd:sequence>
      <xsd:element name="Value" type="xsd:QName"/>
    </xsd:sequence></xsd:complexType></xsd:element>
    <xsd:element name="Reason"><xsd:complexType><xsd:sequence>
      <xsd:element name="Text"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:string">{any}
      </xsd:extension></xsd:simpleContent></xsd:complexType></xsd:element>
    </xsd:sequence></xsd:complexType></xsd:element>
    <xsd:element name="Detail" minOccurs="0"><xsd:complexType><xsd:sequence>
      <xsd:any namespace="##any" processContents="strict"/>
    </xsd:sequence></xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
"""


class _Closed(etree.Resolver):
    """Answers for files below one folder and for the documents made here; refuses everything else."""

    def __init__(self, folder: Path, made: dict[str, str]) -> None:
        super().__init__()
        self._folder, self._made = folder.resolve(), made

    def resolve(self, system_url: str, public_id: str, context: object) -> Any:  # type: ignore[override]
        """Return the document, or raise OSError when it is none of ours (called by lxml)."""
        if system_url in self._made:
            return self.resolve_string(self._made[system_url], context, base_url=system_url)
        path = Path(system_url).resolve()
        if not path.is_relative_to(self._folder):
            raise OSError(f"{system_url} is outside of the contract's folder")
        return self.resolve_filename(str(path), context)  # type: ignore[attr-defined]


def envelope_schema(wsdl: Path, folder: Path) -> etree.XMLSchema:
    """Return the schema of every envelope that the contract ``wsdl`` allows. Nothing outside ``folder`` is read.

    Raise lxml's XMLSchemaParseError when the files are not a schema.
    """
    made = {
        "made:soap11": _ENVELOPE.format(namespace=SOAP11_ENVELOPE, any=_ANY_ATTRIBUTE, fault=_FAULT11),
        "made:soap12": _ENVELOPE.format(
            namespace=SOAP12_ENVELOPE, any=_ANY_ATTRIBUTE, fault=_FAULT12.format(any=_ANY_ATTRIBUTE)
        ),
    }
    imports = [
        (SOAP11_ENVELOPE, "made:soap11"),
        (SOAP12_ENVELOPE, "made:soap12"),
        *(
            (each.get("namespace", ""), str((wsdl.parent / each.get("schemaLocation", "")).resolve()))
            for schema in inline_schemas(wsdl)
            for each in schema.iterfind(f"{{{XSD}}}import")
        ),
    ]
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Closed(folder, made))
    root = etree.fromstring(f'<xsd:schema xmlns:xsd="{XSD}"/>', parser, base_url=str(wsdl.resolve()))
    for namespace, location in imports:
        etree.SubElement(root, f"{{{XSD}}}import", namespace=namespace, schemaLocation=location)
    return etree.XMLSchema(root)


def objection(schema: etree.XMLSchema, envelope: etree._Element) -> str:
    """Return the first thing that is wrong with an envelope, or an empty string."""
    if schema.validate(envelope.getroottree()):
        return ""
    return str(schema.error_log[0].message)  # type: ignore[index]  # lxml-stubs 0.5.1 knows no log
