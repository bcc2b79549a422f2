"""What moves features to a new service, and what is seen meanwhile: follows the store, collects, judges, acts, copies.

What is decided is in ``rollout``; what is kept is in ``store``.
"""
