"""What ``speed.worst_freeze`` is made of beside the adapter: a prober outside, a watch inside the worker."""
