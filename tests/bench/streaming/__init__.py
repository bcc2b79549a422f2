"""What the lines about rows need: an ERP that sends any number of them, and a caller that checks all that comes."""
