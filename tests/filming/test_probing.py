"""What ffprobe says is read with doubt: it repeats what a file says of itself."""

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid
from smallfed.filming.probing import Film, Probe, Sound, read

VIDEO: dict[str, Any] = {
    "index": 0,
    "codec_type": "video",
    "codec_name": "h264",
    "width": 1920,
    "height": 1080,
    "pix_fmt": "yuv420p",
    "avg_frame_rate": "30000/1001",
    "sample_aspect_ratio": "1:1",
}
AUDIO: dict[str, Any] = {"index": 1, "codec_type": "audio", "codec_name": "aac", "channels": 2}
COVER = {**VIDEO, "index": 2, "codec_name": "mjpeg", "disposition": {"attached_pic": 1}}


def probed(*streams: dict[str, Any], duration: str = "12.5") -> Probe:
    return read(json.dumps({"streams": streams, "format": {"duration": duration}}).encode())


def test_a_film_with_sound() -> None:
    assert probed(VIDEO, AUDIO) == Probe(
        film=Film(
            index=0,
            codec="h264",
            width=1920,
            height=1080,
            pixels="yuv420p",
            rate=Fraction(30000, 1001),
            is_bright=False,
        ),
        sound=Sound(index=1, codec="aac", channels=2),
        cover=None,
        duration=12.5,
    )


@pytest.mark.parametrize(
    ("more", "size"),
    [
        ({"side_data_list": [{"side_data_type": "Display Matrix", "rotation": -90}]}, (1080, 1920)),
        ({"side_data_list": [{"side_data_type": "x"}, {"rotation": 180}]}, (1920, 1080)),
        ({"tags": {"rotate": "270"}}, (1080, 1920)),
        ({"tags": {"rotate": "1e9"}}, (1920, 1080)),
        ({"width": 720, "height": 576, "sample_aspect_ratio": "64:45"}, (1024, 576)),
        ({"sample_aspect_ratio": "1000000:1"}, (1920, 1080)),
        ({"sample_aspect_ratio": "0:1"}, (1920, 1080)),
        ({"sample_aspect_ratio": "N/A"}, (1920, 1080)),
    ],
)
def test_films_are_as_large_as_they_are_seen(more: dict[str, Any], size: tuple[int, int]) -> None:
    film = probed({**VIDEO, **more}).film

    assert film is not None
    assert (film.width, film.height) == size


def test_a_cover_is_no_film() -> None:
    probe = probed(COVER, AUDIO)

    assert (probe.film, probe.cover) == (None, 2)
    assert probed(VIDEO, AUDIO, COVER).cover is None


@pytest.mark.parametrize("duration", ["N/A", "", "-1", "nan", "inf", "1e300", "99999999999"])
def test_a_length_that_cannot_be_is_none(duration: str) -> None:
    assert probed(AUDIO, duration=duration).duration is None


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"streams": [{"index": "x"}]}',
        json.dumps({"streams": [{**VIDEO, "width": 0}]}).encode(),
    ],
)
def test_what_is_no_film_is_refused(report: bytes) -> None:
    with pytest.raises(Invalid):
        read(report)


@given(st.dictionaries(st.sampled_from([*VIDEO, "duration"]), st.one_of(st.text(max_size=9), st.integers())))
def test_whatever_is_said_ends_in_a_film_or_in_invalid(said: dict[str, Any]) -> None:
    try:
        probe = probed({**VIDEO, **said})
    except Invalid:
        return
    assert probe.film is None or (probe.film.width > 0 and probe.film.height > 0)
