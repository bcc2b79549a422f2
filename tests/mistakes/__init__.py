"""Mapping files full of mistakes, and what the build must say about each."""
