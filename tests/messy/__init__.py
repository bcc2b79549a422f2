"""Contracts with things wrong in them: ``wsdl`` with all that rules can mend, ``gaps`` with what needs no rule."""
