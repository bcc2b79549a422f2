"""What the build must say about values without a shape, and about names in paths: part of the text, of the remedy."""

from __future__ import annotations

WILD: dict[str, tuple[str, str]] = {
    "wild-and-each": ("each: means nothing beside '*'", "remove 'each'"),
    "xml-and-convert": ("convert: means nothing beside 'xml'", "remove 'convert'"),
    "xml-of-attributes": ("attributes are no element", "remove 'xml'"),
    "wild-parameter": ("rest: a parameter is one value", "remove 'soap'"),
    "xml-parameter": ("id: a parameter is one value", "remove 'xml'"),
    "namespace-prefix": ("namespaces: 'xmlk' is no prefix", "not beginning with xml"),
    "no-wildcard": ("rest: no further attributes can stand there", "name one of its attributes"),
    "no-wildcard-in-a-value": ("number: Nummer holds no elements", "end the path at Nummer"),
    "xml-of-a-text": ("plain: xml: Nummer.#text is one text, no element", "remove 'xml'"),
    "wild-and-whole": ("whole and id fill the same element", "keep one"),
    "places-undecided": ("breaks: Pause stands at several places, and values do not say", "make it read_only"),
    "merge-of-xml": ("extra: it is XML as it stands, so read_modify_write cannot place it", "make it read_only"),
    "namesakes": ("name: Name stands there in the namespace urn:kartei and in no namespace", "write p:Name"),
    "namesakes-of-attributes": ("id: nr stands there in no namespace and in the namespace", "write p:nr"),
    "prefix-unknown": ("other: q:Name: no namespace is called q", "declared are: k"),
    "namespace-unknown": ("has nothing in the namespace urn:kartie (typo)", "did you mean urn:kartei?"),
}
