"""One durable row of a write, from where it is to its end: delivered, refused, unknown, parked.

The row is the truth. What runs it (the embedded loop, procrastinate) may be killed at any time, and run twice.
"""
