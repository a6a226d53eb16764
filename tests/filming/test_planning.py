"""What ffmpeg is told: as little as is needed, and of one file only."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid
from smallfed.filming.planning import Plan, plan, reading, silent, size
from smallfed.filming.probing import Film, Probe, Sound


def film(**columns: Any) -> Film:
    told = {
        "codec": "h264",
        "width": 1280,
        "height": 720,
        "pixels": "yuv420p",
        "rate": Fraction(30),
        "is_bright": False,
    }
    return Film(index=0, **{**told, **columns})


def planned(film: Film | None = None, sound: str | None = None, **how: bool) -> Plan:
    heard = None if sound is None else Sound(index=1, codec=sound, channels=6)
    return plan(Probe(film=film, sound=heard, cover=None, duration=1.0), **how)


@pytest.mark.parametrize(
    ("columns", "copied"),
    [
        ({}, True),
        ({"width": 1920, "height": 1088}, True),
        ({"width": 1080, "height": 1920}, True),
        ({"pixels": "yuvj420p"}, True),
        ({"rate": Fraction(60)}, True),
        ({"rate": None}, True),
        ({"codec": "hevc"}, False),
        ({"codec": "vp9"}, False),
        ({"pixels": "yuv420p10le"}, False),
        ({"pixels": "yuv444p"}, False),
        ({"width": 2560, "height": 1440}, False),
        ({"rate": Fraction(120)}, False),
    ],
)
def test_only_what_not_every_app_plays_is_written_anew(columns: dict[str, Any], copied: bool) -> None:
    made = planned(film(**columns), "aac")

    at = made.arguments.index("-c:v")
    assert made.arguments[at + 1] == ("copy" if copied else "libx264")
    assert made.is_quick is copied
    assert made.ending == "mp4"


@pytest.mark.parametrize(
    ("codec", "ending", "copied"),
    [
        ("mp3", "mp3", True),
        ("aac", "m4a", True),
        ("opus", "ogg", True),
        ("vorbis", "ogg", True),
        ("flac", "mp3", False),
        ("pcm_s16le", "mp3", False),
        ("amr_nb", "mp3", False),
    ],
)
def test_sounds(codec: str, ending: str, copied: bool) -> None:
    made = planned(sound=codec)

    assert (made.ending, made.is_quick) == (ending, copied)
    assert ("-ac" in made.arguments) is not copied  # six channels become two


@pytest.mark.parametrize(("sound", "how"), [(None, "-an"), ("aac", "copy"), ("opus", "aac"), ("pcm_s16le", "aac")])
def test_the_sound_of_a_film(sound: str | None, how: str) -> None:
    made = planned(film(), sound)

    assert how in made.arguments


def test_bright_films_are_darkened_where_ffmpeg_can() -> None:
    bright = film(codec="hevc", is_bright=True)

    assert "tonemap" in " ".join(planned(bright, tone_mapped=True).arguments)
    assert "tonemap" not in " ".join(planned(bright).arguments)


def test_nothing_else_goes_along() -> None:
    for made in (planned(film(), "aac"), planned(film(codec="vp8")), planned(sound="mp3"), silent(60, 40)):
        told = " ".join(made.arguments)
        for said in ("-map_metadata -1", "-map_metadata:s -1", "-map_chapters -1", "-sn", "-dn"):
            assert said in told


def test_only_one_file_is_read_and_as_what_it_is() -> None:
    told = " ".join(reading("mov"))

    assert told.startswith("-protocol_whitelist file ")
    assert "-enable_drefs 0" in told
    assert told.endswith("-f mov")


@given(st.integers(1, 16_384), st.integers(1, 16_384))
def test_sizes_are_even_and_keep_their_shape(width: int, height: int) -> None:
    across, down = size(width, height)

    assert across % 2 == down % 2 == 0
    assert across * down <= 1920 * 1080 + 2 * (across + down)
    if min(across, down) > 100:
        assert across / down == pytest.approx(width / height, rel=0.04)


@pytest.mark.parametrize("columns", [{"width": 4000, "height": 2200}, {"rate": Fraction(121)}])
def test_too_much(columns: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="This film is too large"):
        planned(film(**columns))


def test_nothing_to_be_seen_or_heard() -> None:
    with pytest.raises(Invalid, match="neither a film nor a sound"):
        planned()
