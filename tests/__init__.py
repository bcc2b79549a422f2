"""The tests. A package, so that the evidence and the tests can share the house rules."""
