"""Requests and responses of two other SOAP clients' test suites, read and written by ours.

A folder has ``soap.wsdl``, ``request.xml`` and mostly ``response.xml``; ``request.json`` and ``response.json`` are that
client's own form of the same, so only their leaves are compared. What plays no part: prefixes, the order of attributes,
white space between elements, and header blocks, which a mapping sets.
"""
