"""Films and sounds without ffmpeg: kept as they are, without anything that is neither seen nor heard.

That is possible for what every browser plays. Each way reads a file once, from the beginning to its end.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from smallfed.errors import Invalid
from smallfed.filming import formats, frames, mp4, ogg, plain, webm
from smallfed.filming.measures import Measures

_WAYS: Mapping[str, Callable[[BinaryIO, BinaryIO], Measures]] = {
    "video/mp4": mp4.clean,
    "video/quicktime": mp4.clean,
    "audio/mp4": mp4.clean,
    "video/webm": webm.clean,
    "audio/ogg": ogg.clean,
    "audio/mpeg": frames.clean_mp3,
    "audio/aac": frames.clean_aac,
    "audio/flac": plain.clean_flac,
    "audio/wav": plain.clean_wav,
}


def clean(media_type: str, source: BinaryIO, target: BinaryIO) -> Measures:
    """Write ``source``, of this type, without its metadata, and say what it is; Invalid when that cannot be done."""
    if media_type not in _WAYS:
        raise Invalid(formats.refusal(media_type, formats.Means()) or "This file cannot be processed.")
    return _WAYS[media_type](source, target)
