"""Every (type, particle) pair of a contract, proven both ways by the mapping that is proposed for its type."""
