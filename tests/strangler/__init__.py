"""What tests and measurements of features that move to a new service share."""
