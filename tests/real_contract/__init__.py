"""A published contract that nobody here wrote: the EU's VAT check (VIES), mapped and called."""
