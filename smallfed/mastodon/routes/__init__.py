"""Routes: one module for each page of the API documentation, each with ``register(door)``."""
