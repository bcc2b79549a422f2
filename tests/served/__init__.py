"""Corpus contracts served end to end: proposed, checked, called through the adapter over HTTP, read."""
