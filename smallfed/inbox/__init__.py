"""MEANING of what arrives: one module per activity, and the table from activities to modules.

A handler gets a transaction, what the activity says and how it came. It changes facts through ``services`` and answers
with an outcome; it never waits, and it does not know other handlers.
"""
