"""WIRE FORMATS: what the fediverse speaks, sans-IO; parsing and rendering without network, database or clock."""
