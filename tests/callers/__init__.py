"""Whoever pretends to be somebody: an issuer of tokens, what it signs, and what must be refused."""
