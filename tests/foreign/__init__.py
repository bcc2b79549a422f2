"""SOAP servers that others wrote, each with a contract of its own, called through a mapping."""
