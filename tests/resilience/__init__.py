"""What the tests and the evidence of resilience share."""
