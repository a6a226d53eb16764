"""Presenting: facts as entities, a whole page at once, no question to the database for each row."""
