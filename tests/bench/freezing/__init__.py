"""What ``speed.worst_freeze`` is made of: an ERP with a large answer, a prober outside, a watch inside the worker."""
