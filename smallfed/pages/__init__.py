"""What the doors with pages share: the Quart application, sessions, forms, templates."""
