"""What the evidence of issue 6 shares: things that go wrong on purpose, on loopback, and what remembers it all.

``proxy`` stands before an ERP, a service, PostgreSQL, Valkey or the adapter itself and spoils what passes, as a
``faults.Fault`` says. ``journal`` is an ERP in a process of its own that forgets nothing, also when it is killed.
``engines`` starts real PostgreSQL and Valkey servers.
"""
