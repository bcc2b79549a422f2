"""Agreement: every mapping against its contract, every mistake at once. ``whole`` goes through a project."""
