"""The media types of our own pictures, by the endings of their addresses."""

_MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}


def media_type(url: str) -> str | None:
    """Return the type of a picture by its address, or None."""
    return _MEDIA_TYPES.get(url.rpartition(".")[2].lower())
