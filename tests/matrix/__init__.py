"""Constructs of XSD and WSDL, each with a small contract and values that go both ways, for the support matrix."""
