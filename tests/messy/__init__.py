"""A contract with everything wrong that a repair rule can mend, and the rules."""
