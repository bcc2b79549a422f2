"""The endpoints of ``tests/netsuite/mappings`` as a good engineer writes them with Flask, zeep and marshmallow.

It is here to be measured against the mapping (``tests/evidence/map_lines.py``), and answers the same golden cases.
"""
