"""Wrong answers of the ERP: what each one is, and what the caller gets, by hand. ``run`` plays them for real."""
