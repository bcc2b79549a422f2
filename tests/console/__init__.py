"""What tests and evidence about the operators' page share."""
