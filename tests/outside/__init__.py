"""The rules of safety, tried from outside against a real process."""
