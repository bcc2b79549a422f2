"""What the adapter is measured beside: the same API written by hand in Python, in Node, and the floor."""
