"""RULES: pure decisions about facts, returned as values."""
