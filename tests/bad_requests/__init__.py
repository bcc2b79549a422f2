"""Wrong requests: what each one is, and the answer it deserves, written by hand. ``run`` sends them for real."""
