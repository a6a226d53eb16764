"""What ffprobe says of a file: ``-print_format json -show_format -show_streams``, read with doubt.

Spec: https://ffmpeg.org/ffprobe.html; doc/ffprobe.xsd of ffmpeg.
"""

from collections.abc import Mapping
from fractions import Fraction

import msgspec
from msgspec import Struct, field

from smallfed.errors import Invalid

LONGEST = 7 * 86400  # seconds; what is said to be longer is not believed
SIDES = 16_384  # pixels of one side


class _SideData(Struct):
    rotation: float = 0


class _Stream(Struct):
    index: int
    codec_type: str = ""
    codec_name: str = ""
    width: int = 0
    height: int = 0
    pix_fmt: str = ""
    color_transfer: str = ""
    avg_frame_rate: str = ""
    sample_aspect_ratio: str = ""
    channels: int = 0
    duration: str = ""
    tags: Mapping[str, str] = {}
    disposition: Mapping[str, int] = {}
    side_data_list: tuple[_SideData, ...] = ()


class _Format(Struct):
    duration: str = ""


class _Report(Struct):
    streams: tuple[_Stream, ...] = ()
    format_: _Format = field(default_factory=_Format, name="format")


class Film(Struct, frozen=True, kw_only=True):
    """The moving pictures of a file. ``width`` and ``height`` are as they are seen: upright, with square pixels."""

    index: int
    codec: str
    width: int
    height: int
    pixels: str
    rate: Fraction | None
    is_bright: bool  # HDR: more light than screens had before


class Sound(Struct, frozen=True, kw_only=True):
    """The sound of a file."""

    index: int
    codec: str
    channels: int


class Probe(Struct, frozen=True, kw_only=True):
    """What is in a file, as far as we show it. ``cover`` is the index of a picture that came with a sound."""

    film: Film | None
    sound: Sound | None
    cover: int | None
    duration: float | None


def read(report: bytes) -> Probe:
    """Return what a report of ffprobe says; Invalid when there is nothing to be seen or heard."""
    try:
        told = msgspec.json.decode(report, type=_Report)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("This file cannot be read: it is broken.", detail=f"ffprobe: {error}") from error
    pictures = [stream for stream in told.streams if stream.codec_type == "video" and _size(stream) is not None]
    films = [stream for stream in pictures if not _is_cover(stream)]
    sounds = [stream for stream in told.streams if stream.codec_type == "audio" and stream.codec_name]
    covers = [stream for stream in pictures if _is_cover(stream)]
    if not films and not sounds:
        raise Invalid("There is neither a film nor a sound in this file.")
    return Probe(
        film=_film(films[0]) if films else None,
        sound=_sound(sounds[0]) if sounds else None,
        cover=covers[0].index if covers and not films else None,
        duration=_seconds(told.format_.duration) or (_seconds((films or sounds)[0].duration)),
    )


def _is_cover(stream: _Stream) -> bool:
    return bool(stream.disposition.get("attached_pic"))


def _film(stream: _Stream) -> Film:
    width, height = _size(stream) or (0, 0)
    shape = _fraction(stream.sample_aspect_ratio.replace(":", "/")) or Fraction(1)
    shape = shape if Fraction(1, 10) <= shape <= 10 else Fraction(1)
    width = max(1, round(width * shape))
    turned = round(_rotation(stream)) % 180 == 90
    return Film(
        index=stream.index,
        codec=stream.codec_name,
        width=height if turned else width,
        height=width if turned else height,
        pixels=stream.pix_fmt,
        rate=_fraction(stream.avg_frame_rate),
        is_bright=stream.color_transfer in ("smpte2084", "arib-std-b67"),
    )


def _sound(stream: _Stream) -> Sound:
    return Sound(index=stream.index, codec=stream.codec_name, channels=stream.channels)


def _size(stream: _Stream) -> tuple[int, int] | None:
    inside = 0 < stream.width <= SIDES and 0 < stream.height <= SIDES
    return (stream.width, stream.height) if inside else None


def _rotation(stream: _Stream) -> float:
    """Return by how many degrees the film is turned: older versions of ffmpeg say so in a tag."""
    turned = next((data.rotation for data in stream.side_data_list if data.rotation), 0.0)
    tagged = stream.tags.get("rotate", "")
    return turned or (float(tagged) if tagged.lstrip("-").isdecimal() and len(tagged) < 5 else 0.0)


def _fraction(text: str) -> Fraction | None:
    try:
        found = Fraction(text) if len(text) < 40 else Fraction(0)
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def _seconds(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return round(found, 3) if 0 < found <= LONGEST else None
