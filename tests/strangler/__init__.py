"""What tests and evidence about features that move share."""
