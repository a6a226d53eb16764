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


_MOVES, _STILL = "-moves.webp", "-still.webp"  # the ends of two names of one picture


def pair(picture: Picture) -> tuple[str, str]:
    """Return the names of an avatar or header that moves, and of the same standing still."""
    stem = blake2b(picture.moves, digest_size=16).hexdigest()
    return stem + _MOVES, stem + _STILL


def still(url: str) -> str:
    """Return the address of the picture that stands still for an avatar or header of ours: mostly that itself."""
    return url.removesuffix(_MOVES) + _STILL if url.endswith(_MOVES) else url


def file_name(picture: Picture) -> str:
    """Return the name under which a picture is kept."""
    return f"{blake2b(picture.data, digest_size=16).hexdigest()}.{ending(picture.media_type)}"


def ending(media_type: str) -> str:
    """Return the ending of the names of files of a type that we write."""
    return next(ending for ending, kind in TYPES.items() if kind == media_type)
