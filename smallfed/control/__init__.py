"""DOOR for commands of the owner's terminal to the running server: a socket in the data directory."""

SOCKET = "control.sock"
"""Its name there."""
