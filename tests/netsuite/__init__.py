"""NetSuite as published in the corpus: five record types mapped, a responder of ours, and the same written by hand."""
