"""FACTS: what the house knows, as frozen values without behaviour of the network or the disk."""
