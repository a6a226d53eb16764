"""smallfed: a lightweight single-user ActivityPub server."""

__version__ = "0.1.0"
