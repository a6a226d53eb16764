"""What the owner types: each command a thin caller of what lies below."""
