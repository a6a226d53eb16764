"""Without ffmpeg: what is seen and heard stays to the last sample, and nothing else comes along."""

import struct
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smallfed.errors import Invalid
from smallfed.filming.cleaning import clean
from smallfed.filming.measures import Measures
from smallfed.filming.tags import beneath
from smallfed.imaging.sniffing import HEAD, sniff
from tests.filming.clips import clip, shown, traces, turned

FILM = Measures(media_type="video/mp4", width=64, height=48, frame_rate="10/1")
CLEANED = {
    "mp4": FILM,
    "tags.mp4": FILM,
    "mov": FILM,
    "m4v": FILM,
    "webm": Measures(media_type="video/webm", width=64, height=48, frame_rate="10/1"),
    "opus.webm": Measures(media_type="video/webm", width=64, height=48, frame_rate="10/1"),
    "m4a": Measures(media_type="audio/mp4"),
    "mp3": Measures(media_type="audio/mpeg"),
    "aac": Measures(media_type="audio/aac"),
    "ogg": Measures(media_type="audio/ogg"),
    "opus": Measures(media_type="audio/ogg"),
    "flac": Measures(media_type="audio/flac"),
    "wav": Measures(media_type="audio/wav"),
}
NEEDS = "ffmpeg is not installed there"


def cleaned(data: bytes) -> tuple[bytes, Measures]:
    into, media_type = BytesIO(), str(sniff(data[:HEAD]))
    if media_type == "audio/mpeg":
        media_type = beneath(BytesIO(data), len(data))
    measures = clean(media_type, BytesIO(data), into)
    return into.getvalue(), measures


@pytest.mark.parametrize(("name", "expected"), CLEANED.items(), ids=CLEANED)
def test_what_is_seen_and_heard_stays_and_nothing_else(name: str, expected: Measures) -> None:
    data = clip(name)

    kept, measures = cleaned(data)
    again, _ = cleaned(kept)

    assert shown(kept) == shown(data)
    assert traces(data) != []
    assert traces(kept) == []
    assert again == kept
    assert sniff(kept[:HEAD]) == expected.media_type
    assert measures.duration == pytest.approx(1.0, abs=0.12)
    assert (measures.media_type, measures.width, measures.height, measures.frame_rate) == (
        expected.media_type,
        expected.width,
        expected.height,
        expected.frame_rate,
    )


def test_a_film_plays_before_all_of_it_has_come() -> None:
    kept, _ = cleaned(clip("mp4"))

    assert clip("mp4").index(b"moov") > clip("mp4").index(b"mdat")
    assert kept.index(b"moov") < kept.index(b"mdat")


def test_a_film_is_as_large_as_it_is_seen() -> None:
    kept, measures = cleaned(turned())

    assert (measures.width, measures.height) == (48, 64)
    assert shown(kept) == shown(turned())


def with_a_track(data: bytes, kind: bytes, secret: bytes) -> bytes:
    """Return an MP4, whose tree is at its end, with another track, as cameras add one that says where they are."""
    place = data.index(b"moov") - 4
    film, tree = data[:place] + struct.pack(">I4s", len(secret) + 8, b"mdat") + secret, data[place + 8 :]
    track = tree[tree.index(b"trak") - 4 :]
    track = bytearray(track[: int.from_bytes(track[:4])])
    name = track.index(b"hdlr") + 12
    track[name : name + 4] = kind
    return film + struct.pack(">I4s", 8 + len(tree) + len(track), b"moov") + tree + bytes(track)


@pytest.mark.parametrize("kind", [b"meta", b"tmcd", b"text", b"gpmd"])
def test_tracks_that_are_neither_film_nor_sound_go_with_what_they_say(kind: bytes) -> None:
    data = with_a_track(clip("mp4"), kind, b"SECRET place, between the pictures")

    kept, _ = cleaned(data)

    assert shown(kept) == shown(clip("mp4"))
    assert traces(kept) == []


REFUSED = {
    "3gp": "H.263",
    "old.mp4": "MPEG-4 Visual",
    "pieces.mp4": "films in fragments",
    "mkv": "Matroska files",
    "ogv": "Theora files",
    "wma": "Windows Media files",
}


@pytest.mark.parametrize(("name", "what"), REFUSED.items(), ids=REFUSED)
def test_what_would_have_to_be_written_anew_says_what_to_install(name: str, what: str) -> None:
    with pytest.raises(Invalid, match=NEEDS) as refused:
        cleaned(clip(name))

    assert what in refused.value.message


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


START = box(b"ftyp", b"isom\0\0\2\0isom")
HOSTILE = {
    "nothing but a beginning": START,
    "a tree that says to have four gigabytes": START + b"\xff\xff\xff\xf0moov" + bytes(64),
    "a tree of 2^60 bytes": START + b"\0\0\0\1moov" + (1 << 60).to_bytes(8),
    "a box smaller than its head": START + b"\0\0\0\4moov" + bytes(64),
    "a tree without tracks": START + box(b"moov", box(b"mvhd", bytes(100))),
    "ten thousand boxes": START + box(b"free", b"") * 11_000,
    "a playlist": START + b"#EXTM3U\nfile:///etc/passwd\n",
    "Ogg that stops": b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead",
    "Ogg without end": (b"OggS\0\2" + bytes(20) + b"\1\x13OpusHead" + bytes(11))
    + (b"OggS" + bytes(22) + b"\xff" + b"\xff" * 255 + bytes(255 * 255)) * 300,
    "frames that are none": b"\xff\xfb\x90\x64" + bytes(200_000),
    "ID3 that says to go on": b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(1000),
    "FLAC without a head": b"fLaC\x84\xff\xff\xff" + bytes(64),
    "WAV that divides by nothing": b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0" + bytes(14) + b"data\0\0\0\0",
    "WebM that says to go on": b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"
    + b"\x16\x54\xae\x6b\x08\xff\xff\xff\xff",
    "WebM of nothing": b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\xff" + b"\xec\x80" * 5000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        cleaned(data)


@pytest.mark.parametrize("name", ["mp4", "webm", "ogg", "mp3", "flac", "wav", "aac"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damage_ends_in_invalid_or_in_something_no_larger(name: str, data: st.DataObject) -> None:
    whole = bytearray(clip(name))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.one_of(st.integers(0, 400), st.integers(0, len(whole) - 1)))
        whole[min(at, len(whole) - 1)] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))
    media_type, into = str(sniff(clip(name)[:HEAD])), BytesIO()

    try:
        clean(media_type, BytesIO(bytes(whole[:cut])), into)
    except Invalid:
        return
    assert len(into.getvalue()) <= len(whole) + 2000
