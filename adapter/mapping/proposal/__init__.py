"""Proposals: a mapping for a contract that nobody has mapped yet, as text that a person could have written."""
