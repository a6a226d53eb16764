"""Names of the files of pictures: by what is in them, so that an address always means the same picture."""

from hashlib import blake2b

from smallfed.imaging.pictures import Picture

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}


def file_name(picture: Picture) -> str:
    """Return the name under which a picture is kept."""
    return f"{blake2b(picture.data, digest_size=16).hexdigest()}.{ending(picture.media_type)}"


def ending(media_type: str) -> str:
    """Return the ending of the names of files of a type that we write."""
    return next(ending for ending, kind in TYPES.items() if kind == media_type)
