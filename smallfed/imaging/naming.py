"""Names of files that are shown.

Those of pictures of the owner come of what is in them, so that an address always means the same picture.
"""

from hashlib import blake2b

from smallfed.imaging.pictures import Picture

TYPES = {
    # the endings of names that are served, and as what: nothing else ever leaves as a file
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
}


def file_name(picture: Picture) -> str:
    """Return the name under which a picture is kept."""
    return f"{blake2b(picture.data, digest_size=16).hexdigest()}.{ending(picture.media_type)}"


def ending(media_type: str) -> str:
    """Return the ending of the names of files of a type that we write."""
    return next(ending for ending, kind in TYPES.items() if kind == media_type)
