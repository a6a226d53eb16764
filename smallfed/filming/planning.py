"""What ffmpeg is told to do with a film or a sound: as little as is needed for every app to play it.

H.264 with AAC or MP3 is put into an MP4 that plays before all of it has come; everything else is written anew so, as is
what is larger than 1080 lines or quicker than 60 pictures a second. Of sounds MP3, AAC, Opus and Vorbis stay as they
are; all others become MP3. Nothing goes along but pictures and sound: no names, dates, places, chapters, subtitles or
data of the device; notes that encoders and cameras leave between the pictures (SEI) go, too.

Spec: Mastodon's VideoTranscoder and MediaAttachment (VIDEO_FORMAT, VIDEO_PASSTHROUGH_OPTIONS, AUDIO_STYLES, limits);
https://ffmpeg.org/ffmpeg.html.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

from msgspec import Struct

from smallfed.errors import Invalid
from smallfed.filming.probing import Film, Probe, Sound

MATRIX = 3840 * 2160  # pixels of a film that is taken
RATE = 120  # pictures a second of a film that is taken
SHOWN = 1920 * 1080  # pixels of a film that is shown
FINE = 1920 * 1088  # the same of one that is left as it is: encoders count in blocks of 16 lines
QUICKEST = 60  # pictures a second that are shown

PLAYED = frozenset({"h264"})
COLOURS = frozenset({"yuv420p", "yuvj420p"})
HEARD = frozenset({"aac", "mp3"})  # beside a film
CONTAINERS = {"mp3": ("mp3", "mp3"), "aac": ("m4a", "ipod"), "opus": ("ogg", "ogg"), "vorbis": ("ogg", "ogg")}
"""Sounds that stay as they are: codec → ending of the name, and what ffmpeg calls the container."""

DECODERS = (
    "h264,hevc,vp8,libvpx,vp9,libvpx-vp9,av1,libdav1d,libaom-av1,mpeg4,mpeg2video,h263,theora,mjpeg,prores,gif,apng,png,"
    "aac,mp3,mp3float,opus,libopus,vorbis,libvorbis,flac,alac,ac3,eac3,amrnb,libopencore_amrnb,amrwb,libopencore_amrwb,"
    "wmav1,wmav2,wmapro,wmv1,wmv2,wmv3,vc1,msmpeg4v3,speex,libspeex,adpcm_ms,adpcm_ima_wav,"
    "pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_alaw,pcm_mulaw"
)
"""What ffmpeg may read: what cameras, telephones and programs write. Other decoders are old, odd and little tried."""

_NOTHING_ELSE = (
    *("-sn", "-dn", "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1"),
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
)
_NO_NOTES = ("-bsf:v", "filter_units=remove_types=6")
_MP4 = ("-movflags", "+faststart", "-f", "mp4")
_H264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-maxrate", "8M", "-bufsize", "16M"),
    *("-pix_fmt", "yuv420p", "-profile:v", "high", *_NO_NOTES),
)
_DARKER = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
    "format=yuv420p"
)
_LOUD = ("-c:a", "aac", "-b:a", "160k", "-ac", "2")


class Plan(Struct, frozen=True, kw_only=True):
    """``arguments`` for ffmpeg between the file it reads and the file it writes, whose name ends in ``ending``."""

    ending: str
    arguments: tuple[str, ...]
    is_quick: bool  # nothing is encoded


def reading(demuxer: str) -> tuple[str, ...]:
    """Return the arguments before the file that is read: it is what we say, and leads to no other file."""
    own = ("-enable_drefs", "0", "-use_absolute_path", "0") if demuxer == "mov" else ()
    return ("-protocol_whitelist", "file", "-codec_whitelist", DECODERS, *own, "-f", demuxer)


def plan(probe: Probe, *, tone_mapped: bool = False) -> Plan:
    """Return how what was probed becomes what is shown; Invalid when it is more than we take.

    ``tone_mapped``: ffmpeg knows how to show HDR on other screens.
    """
    if probe.film is None:
        return _sound(probe.sound)
    film, sound = probe.film, probe.sound
    if film.width * film.height > MATRIX or (film.rate or 0) > RATE:
        quickness = "" if film.rate is None else f" at {float(film.rate):.0f} pictures a second"
        raise Invalid(
            f"This film is too large: {film.width} × {film.height} pixels{quickness}; 3840 × 2160 at {RATE} at most."
        )
    chosen = ("-map", f"0:{film.index}", *(() if sound is None else ("-map", f"0:{sound.index}")))
    copied = _is_fine(film)
    pictures = ("-c:v", "copy", *_NO_NOTES) if copied else _encoded(film, tone_mapped)
    return Plan(
        ending="mp4",
        arguments=(*chosen, *_NOTHING_ELSE, *pictures, *_beside(sound), *_MP4),
        is_quick=copied,
    )


def silent(width: int, height: int) -> Plan:
    """Return how a moving picture of this size becomes a film."""
    across, down = size(width, height)
    pictures = ("-an", "-vf", f"scale={across}:{down}:flags=lanczos,setsar=1", *_H264)
    return Plan(ending="mp4", arguments=("-map", "0:v:0", *_NOTHING_ELSE, *pictures, *_MP4), is_quick=False)


def still(film: Film, at: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arguments before and after the file that is read, for one picture of it at a second."""
    across, down = size(film.width, film.height, most=1280 * 720)
    before = ("-ss", f"{at:.3f}") if at else ()
    after = ("-map", f"0:{film.index}", *_NOTHING_ELSE, "-an", "-frames:v", "1", "-vf", f"scale={across}:{down}")
    return before, (*after, "-c:v", "png", "-f", "image2", "-update", "1")


def cover(index: int) -> tuple[str, ...]:
    """Return the arguments that take out the picture of a sound."""
    return ("-map", f"0:{index}", "-map_metadata", "-1", "-c", "copy", "-frames:v", "1", "-f", "image2", "-update", "1")


def size(width: int, height: int, *, most: int = SHOWN) -> tuple[int, int]:
    """Return the size of a film of at most ``most`` pixels with the same shape; H.264 has even numbers only."""
    scale = min(1.0, sqrt(most / (width * height)))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _is_fine(film: Film) -> bool:
    fits = film.width * film.height <= FINE and (film.rate or Fraction(0)) <= QUICKEST
    return film.codec in PLAYED and film.pixels in COLOURS and fits


def _encoded(film: Film, tone_mapped: bool) -> Sequence[str]:
    across, down = size(film.width, film.height)
    filters = [f"scale={across}:{down}", "setsar=1"]
    if film.is_bright and tone_mapped:
        filters.append(_DARKER)
    if (film.rate or 0) > QUICKEST:
        filters.append(f"fps={QUICKEST}")
    return "-vf", ",".join(filters), *_H264


def _beside(sound: Sound | None) -> Sequence[str]:
    if sound is None:
        return ("-an",)
    return ("-c:a", "copy") if sound.codec in HEARD else _LOUD


def _sound(sound: Sound | None) -> Plan:
    if sound is None:
        raise Invalid("There is neither a film nor a sound in this file.")
    chosen = ("-map", f"0:{sound.index}", "-vn", *_NOTHING_ELSE)
    if sound.codec in CONTAINERS:
        ending, container = CONTAINERS[sound.codec]
        more = ("-movflags", "+faststart") if ending == "m4a" else ("-id3v2_version", "0") if ending == "mp3" else ()
        return Plan(ending=ending, arguments=(*chosen, "-c:a", "copy", *more, "-f", container), is_quick=True)
    fewer = ("-ac", "2") if sound.channels > 2 else ()
    encoded = ("-c:a", "libmp3lame", "-q:a", "2", *fewer, "-id3v2_version", "0", "-f", "mp3")
    return Plan(ending="mp3", arguments=(*chosen, *encoded), is_quick=False)
