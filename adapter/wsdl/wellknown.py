"""Schemas that contracts import by a well-known URL, or name without importing them at all.

Written for this package from the specifications, with what a contract can refer to: XML 1.0 attributes, the SOAP 1.1
encoding (section 5), xmlmime (the W3C note on media types). The contract reader knows the first two by itself; zeep
needs the documents. A project's own ``wsdl/catalog.json`` comes first.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapter.wsdl.builtins import BUILTINS
from adapter.wsdl.names import XML
from adapter.wsdl.types import SOAP11_ENCODING, XSD

XMLMIME = "http://www.w3.org/2005/05/xmlmime"

_XML = f"""<xs:schema xmlns:xs="{XSD}" targetNamespace="{XML}">
  <xs:attribute name="lang" type="xs:language"/>
  <xs:attribute name="space" default="preserve">
    <xs:simpleType>
      <xs:restriction base="xs:NCName">
        <xs:enumeration value="default"/><xs:enumeration value="preserve"/>
      </xs:restriction>
    </xs:simpleType>
  </xs:attribute>
  <xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs">
    <xs:attribute ref="xml:base"/><xs:attribute ref="xml:lang"/>
    <xs:attribute ref="xml:space"/><xs:attribute ref="xml:id"/>
  </xs:attributeGroup>
</xs:schema>"""

_XMLMIME = f"""<xs:schema xmlns:xs="{XSD}" xmlns:xmime="{XMLMIME}" targetNamespace="{XMLMIME}">
  <xs:attribute name="contentType">
    <xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="3"/></xs:restriction></xs:simpleType>
  </xs:attribute>
  <xs:attribute name="expectedContentTypes" type="xs:string"/>
  <xs:complexType name="base64Binary">
    <xs:simpleContent>
      <xs:extension base="xs:base64Binary"><xs:attribute ref="xmime:contentType"/></xs:extension>
    </xs:simpleContent>
  </xs:complexType>
  <xs:complexType name="hexBinary">
    <xs:simpleContent>
      <xs:extension base="xs:hexBinary"><xs:attribute ref="xmime:contentType"/></xs:extension>
    </xs:simpleContent>
  </xs:complexType>
</xs:schema>"""

_SOAP_COMPOUND = """  <xs:complexType name="{0}">
    <xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence>
    {1}<xs:attributeGroup ref="tns:commonAttributes"/>
  </xs:complexType>
  <xs:element name="{0}" type="tns:{0}"/>"""

_SOAP_SIMPLE = """  <xs:complexType name="{0}">
    <xs:simpleContent>
      <xs:extension base="xs:{0}"><xs:attributeGroup ref="tns:commonAttributes"/></xs:extension>
    </xs:simpleContent>
  </xs:complexType>
  <xs:element name="{0}" type="tns:{0}"/>"""

_SOAP11_ENCODING = f"""<xs:schema xmlns:xs="{XSD}" xmlns:tns="{SOAP11_ENCODING}" targetNamespace="{SOAP11_ENCODING}">
  <xs:attributeGroup name="commonAttributes">
    <xs:attribute name="id" type="xs:ID"/><xs:attribute name="href" type="xs:anyURI"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:attributeGroup>
  <xs:attribute name="root" type="xs:boolean"/>
  <xs:attribute name="arrayType" type="xs:string"/>
  <xs:attribute name="offset" type="xs:string"/>
  <xs:attribute name="position" type="xs:string"/>
  <xs:attributeGroup name="arrayAttributes">
    <xs:attribute ref="tns:arrayType"/><xs:attribute ref="tns:offset"/>
  </xs:attributeGroup>
  <xs:attributeGroup name="arrayMemberAttributes"><xs:attribute ref="tns:position"/></xs:attributeGroup>
  <xs:simpleType name="base64"><xs:restriction base="xs:base64Binary"/></xs:simpleType>
{_SOAP_COMPOUND.format("Array", '<xs:attributeGroup ref="tns:arrayAttributes"/>')}
{_SOAP_COMPOUND.format("Struct", "")}
{chr(10).join(_SOAP_SIMPLE.format(name) for name in BUILTINS if name not in ("anyType", "anySimpleType"))}
</xs:schema>"""

WELL_KNOWN: Mapping[str, bytes] = {
    "(well-known)/xml.xsd": _XML.encode(),
    "(well-known)/xmlmime.xsd": _XMLMIME.encode(),
    "(well-known)/soap-encoding.xsd": _SOAP11_ENCODING.encode(),
}

WELL_KNOWN_URLS: Mapping[str, str] = {
    XML: "(well-known)/xml.xsd",
    "http://www.w3.org/2001/xml.xsd": "(well-known)/xml.xsd",
    "http://www.w3.org/2001/03/xml.xsd": "(well-known)/xml.xsd",
    "http://www.w3.org/2005/08/xml.xsd": "(well-known)/xml.xsd",
    "http://www.w3.org/2009/01/xml.xsd": "(well-known)/xml.xsd",
    XMLMIME: "(well-known)/xmlmime.xsd",
    SOAP11_ENCODING: "(well-known)/soap-encoding.xsd",
}
