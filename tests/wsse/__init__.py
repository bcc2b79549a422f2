"""An ERP that signs, with a signer that shares no code with the adapter's, and what others make of its answers."""
