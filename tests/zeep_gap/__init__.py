"""What plain zeep 4 drops, bends or refuses though it is there, and what we read: one folder for each case."""
