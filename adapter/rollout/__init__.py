"""Decisions about features that move to a new service: pure, without clock, store or network.

``stages`` says which side answers what, ``bucket`` which entities are on which side.
"""
