"""Others' pictures without anything that is not seen: where they were taken, with what, what somebody wrote into them.

Nothing is decoded, so the pixels stay as they are and hostile files meet no decoder here: the container is read in time
that grows with its length alone, and what is known to matter for the pixels is copied. How a picture is to be turned
stays, because the pixels would stand on their head without it.

Spec: SAFETY rules 21, 30, 33.
"""

from collections.abc import Callable, Mapping

from smallfed.errors import Invalid
from smallfed.imaging.sniffing import sniff
from smallfed.imaging.stripping.gif import strip_gif
from smallfed.imaging.stripping.heif import strip_heif
from smallfed.imaging.stripping.jpeg import strip_jpeg
from smallfed.imaging.stripping.png import strip_png
from smallfed.imaging.stripping.stripped import Stripped
from smallfed.imaging.stripping.webp import strip_webp

__all__ = ["STRIPPERS", "Stripped", "strip"]

STRIPPERS: Mapping[str, Callable[[bytes], Stripped]] = {
    "image/jpeg": strip_jpeg,
    "image/png": strip_png,
    "image/gif": strip_gif,
    "image/webp": strip_webp,
    "image/avif": strip_heif,
    "image/heic": strip_heif,
}


def strip(data: bytes) -> Stripped:
    """Return the picture in ``data`` without metadata; Invalid for what is no well-formed picture of a known type."""
    media_type = sniff(data[:256])
    stripper = STRIPPERS.get(media_type or "")
    if media_type is None or stripper is None:
        raise Invalid("This is no picture of a type that is shown.")
    return stripper(data)
