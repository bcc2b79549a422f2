"""How fast the adapter is, beside what a good engineer would write by hand.

``make bench`` runs it; ``make test`` does not.
"""
