"""Pictures: told apart, checked, scaled, stripped of metadata, drawn. Bytes in, bytes out.

Pillow is imported inside functions only: the server never loads it, a child process does (see ``entry``).
"""
