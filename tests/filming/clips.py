"""Films and sounds made for the tests, a second long and full of traces, by Debian's ffmpeg; skipped without it."""

import shutil
import struct
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from smallfed.config.media import Media
from smallfed.filming.formats import Means
from smallfed.runtime import means

SECRETS = (b"SECRET", b"+52.5", b"x264 - core", b"Lavf5")
"""What must not be in what leaves: names, places, settings of encoders, programs."""

SEEN = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1")
HEARD = ("-f", "lavfi", "-i", "sine=duration=1")
TRACES = (
    *("-metadata", "title=SECRET", "-metadata", "artist=SECRET", "-metadata", "comment=SECRET"),
    *("-metadata", "location=+52.5310+013.4040/", "-metadata", "make=SECRET", "-metadata:s", "title=SECRET"),
    *("-metadata:s", "handler_name=SECRET"),
)
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")

CLIPS = {
    "mp4": (*SEEN, *HEARD, *H264, "-c:a", "aac", *TRACES),
    "tags.mp4": (*SEEN, *H264, *TRACES, "-movflags", "use_metadata_tags+faststart"),
    "mov": (*SEEN, *HEARD, *H264, "-c:a", "aac", *TRACES),
    "m4v": (*SEEN, *H264, *TRACES, "-f", "mp4"),
    "webm": (*SEEN, *HEARD, "-c:v", "libvpx", "-b:v", "200k", "-c:a", "libvorbis", *TRACES),
    "opus.webm": (*SEEN, *HEARD, "-c:v", "libvpx-vp9", "-cpu-used", "8", "-c:a", "libopus", *TRACES),
    "m4a": (*HEARD, "-c:a", "aac", *TRACES),
    "mp3": (*HEARD, "-c:a", "libmp3lame", *TRACES, "-write_id3v1", "1"),
    "aac": (*HEARD, "-c:a", "aac", "-metadata", "title=SECRET", "-write_id3v2", "1"),
    "ogg": (*HEARD, "-c:a", "libvorbis", *TRACES),
    "opus": (*HEARD, "-c:a", "libopus", *TRACES),
    "flac": (*HEARD, "-c:a", "flac", *TRACES),
    "wav": (*HEARD, "-c:a", "pcm_s16le", *TRACES, "-write_bext", "1"),
    "mkv": (*SEEN, *HEARD, *H264, "-c:a", "aac", *TRACES),
    "ogv": (*SEEN, *HEARD, "-c:v", "libtheora", "-c:a", "libvorbis", *TRACES),
    "3gp": (*SEEN, "-c:v", "h263", "-s", "176x144", *TRACES),
    "wma": (*HEARD, "-c:a", "wmav2", *TRACES),
    "pieces.mp4": (*SEEN, *H264, *TRACES, "-movflags", "frag_keyframe+empty_moov"),
    "old.mp4": (*SEEN, "-c:v", "mpeg4", *TRACES),
    "gif": (*SEEN,),
    "apng": (*SEEN, "-plays", "0"),
}
"""Ending of the name → how it is made."""


def ffmpeg() -> str:
    """Return where ffmpeg is, or skip the test."""
    found = shutil.which("ffmpeg")
    if found is None:
        pytest.skip("needs ffmpeg: apt install ffmpeg")
    return found


def all_means() -> Means:
    """Return what there is on this machine, ffmpeg included."""
    ffmpeg()
    return means.found(Media())


@cache
def clip(name: str) -> bytes:
    """Return one of CLIPS."""
    return made(name, *CLIPS[name])


def turned() -> bytes:
    """Return the MP4 as a telephone takes it that is held upright."""
    data = bytearray(clip("mp4"))
    matrix = data.index(b"tkhd") + 4 + 40
    data[matrix : matrix + 20] = struct.pack(">iiiii", 0, 1 << 16, 0, -1 << 16, 0)
    return bytes(data)


def made(name: str, *how: str) -> bytes:
    """Return the file that ffmpeg makes so."""
    with TemporaryDirectory() as folder:
        path = Path(folder, f"clip.{name}")
        said = subprocess.run([ffmpeg(), "-v", "error", "-y", *how, str(path)], capture_output=True, timeout=60)
        assert said.returncode == 0, said.stderr.decode()
        return path.read_bytes()


def shown(data: bytes) -> str:
    """Return a sum of everything that is seen and heard in a file; it must be whole."""
    how = [ffmpeg(), "-v", "error", "-i", "pipe:0", "-map", "0:v?", "-map", "0:a?", "-f", "md5", "-"]
    with TemporaryDirectory() as folder:
        path = Path(folder, "clip")
        path.write_bytes(data)
        how[how.index("pipe:0")] = str(path)
        said = subprocess.run(how, capture_output=True, timeout=60, text=True)
    assert (said.returncode, said.stderr) == (0, "")
    return said.stdout


def traces(data: bytes) -> list[bytes]:
    """Return which secrets are in a file."""
    return [secret for secret in SECRETS if secret in data]
