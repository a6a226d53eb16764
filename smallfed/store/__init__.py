"""STORAGE: every line of SQL of the house, one plural module per cluster of tables."""
