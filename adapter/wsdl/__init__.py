"""Contracts: from WSDL and XSD files to the frozen tree that everything else reads.

``load`` reads a contract, ``documents`` is the only place that opens its files, ``zeep_documents`` serves the same
bytes to zeep, ``lock`` and ``diff`` notice when a contract changes, ``vendor`` copies one into the project.
"""
