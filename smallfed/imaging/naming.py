"""Names of the files of pictures: by what is in them, so that an address always means the same picture."""

from hashlib import blake2b

from smallfed.imaging.pictures import Picture

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}


def file_name(picture: Picture) -> str:
    """Return the name under which a picture is kept."""
    ending = next(ending for ending, kind in TYPES.items() if kind == picture.media_type)
    return f"{blake2b(picture.data, digest_size=16).hexdigest()}.{ending}"
