"""What films and sounds can be uploaded, by what is installed, and what is said of those that cannot.

Spec: Mastodon's MediaAttachment (types of films and sounds); CLIENT_API §14 (ConfMedia).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from smallfed.imaging import heic
from smallfed.imaging.sniffing import FORMATS as PICTURES

Kind = Literal["image", "gifv", "video", "audio"]


class Ffmpeg(Struct, frozen=True, kw_only=True):
    """Where the two programs are."""

    ffmpeg: Path
    ffprobe: Path


class Means(Struct, frozen=True, kw_only=True):
    """What there is to work with. ``gifs``: moving pictures become films where ffmpeg is there."""

    ffmpeg: Ffmpeg | None = None
    heic: bool = False
    gifs: bool = True

    def takes(self, media_type: str) -> bool:
        """Whether files of a type can be taken at all."""
        if media_type in PICTURES:
            return media_type != "image/heic" or self.heic
        return media_type in FORMATS and (self.ffmpeg is not None or FORMATS[media_type].cleaned)


class Format(Struct, frozen=True):
    """``demuxer`` is what ffmpeg calls it; ``cleaned`` are those that are freed of metadata without ffmpeg, too."""

    kind: Kind
    demuxer: str
    cleaned: bool


FORMATS: Mapping[str, Format] = {
    "video/mp4": Format("video", "mov", True),
    "video/quicktime": Format("video", "mov", True),
    "video/webm": Format("video", "matroska", True),
    "video/x-matroska": Format("video", "matroska", False),
    "video/ogg": Format("video", "ogg", False),
    "video/x-ms-asf": Format("video", "asf", False),
    "audio/mpeg": Format("audio", "mp3", True),
    "audio/mp4": Format("audio", "mov", True),
    "audio/aac": Format("audio", "aac", True),
    "audio/ogg": Format("audio", "ogg", True),
    "audio/flac": Format("audio", "flac", True),
    "audio/wav": Format("audio", "wav", True),
    "audio/amr": Format("audio", "amr", False),
}
_ALSO = {
    # other names of the same, by which apps let their users choose
    "image/heic": ("image/heif",),
    "video/mp4": ("video/x-m4v", "video/3gpp", "audio/3gpp"),
    "audio/mpeg": ("audio/mp3",),
    "audio/mp4": ("audio/m4a", "audio/x-m4a"),
    "audio/ogg": ("audio/opus", "audio/vorbis"),
    "audio/flac": ("audio/x-flac",),
    "audio/wav": ("audio/wave", "audio/x-wav", "audio/x-pn-wave", "audio/vnd.wave"),
    "video/webm": ("audio/webm",),
    "video/x-ms-asf": ("audio/x-ms-wma",),
}
_NAMES = {
    "video/x-matroska": "Matroska",
    "video/ogg": "Theora",
    "video/x-ms-asf": "Windows Media",
    "audio/amr": "AMR",
}


def kind_of(media_type: str) -> Kind:
    """Return what a file of this type becomes, as far as that is known before it is read."""
    return FORMATS[media_type].kind if media_type in FORMATS else "image"


def supported(means: Means) -> list[str]:
    """Return the media types that apps may offer, under all their names."""
    known = [kind for kind in (*PICTURES, *FORMATS) if means.takes(kind)]
    return sorted({*known, *(name for kind in known for name in _ALSO.get(kind, ()))})


def refusal(media_type: str | None, means: Means) -> str | None:
    """Return why a file of this type is not taken, and what to do about it; None when it is."""
    if media_type is None or media_type not in (*PICTURES, *FORMATS):
        return (
            "This is no picture, film or sound we can read. Use PNG, JPEG, GIF, WebP, AVIF, HEIC, MP4, MOV, WebM, MP3,"
            " M4A, Ogg, Opus, FLAC or WAV."
        )
    if means.takes(media_type):
        return None
    return heic.MISSING if media_type == "image/heic" else needs_ffmpeg(f"{_NAMES[media_type]} files")


def needs_ffmpeg(what: str) -> str:
    """Return what is said of a file that nothing but ffmpeg can deal with."""
    return f"This server cannot prepare {what}: ffmpeg is not installed there (on Debian: apt install ffmpeg)."
