"""What there is on this machine to deal with pictures, films and sounds."""

import shutil
from pathlib import Path

from smallfed.config.media import Media
from smallfed.filming.formats import Ffmpeg, Means
from smallfed.imaging import heic


def found(media: Media) -> Means:
    """Return what there is, as far as it shall be used."""
    return Means(ffmpeg=_ffmpeg(media.ffmpeg), heic=heic.is_there(), gifs=media.gifs == "film")


def _ffmpeg(asked: str) -> Ffmpeg | None:
    """Return the two programs: "auto", "off", or the path of ffmpeg. ffprobe is beside it or where programs are."""
    if asked == "off":
        return None
    one = shutil.which("ffmpeg") if asked == "auto" else asked
    if one is None:
        return None
    beside = Path(one).with_name("ffprobe")
    other = str(beside) if beside.is_file() else shutil.which("ffprobe")
    return None if other is None else Ffmpeg(ffmpeg=Path(one), ffprobe=Path(other))
