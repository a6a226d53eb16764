"""With ffmpeg: every format becomes what every app plays, without a trace of its past; and ffmpeg is held."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import trio
from msgspec import structs

from smallfed.errors import Invalid
from smallfed.filming.formats import FORMATS, Means
from smallfed.imaging.sniffing import HEAD, sniff
from smallfed.runtime import confining, developing
from smallfed.runtime.aside import Aside
from smallfed.runtime.developing import Prints
from smallfed.runtime.ffmpeg import Projector
from tests.filming.clips import all_means, clip, made, shown, traces, turned
from tests.imaging.samples import drawn, saved

NAME = "0" * 32


def developed(folder: Path, data: bytes, means: Means | None = None) -> Prints:
    """Return what an upload has become, in the same process."""
    source = folder / "incoming" / NAME
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(data)
    try:
        answer = developing.main(developing.order("attachment", source, folder, NAME, means or all_means()))
    finally:
        developing.clear(source)
    assert list(source.parent.iterdir()) == [source]
    return developing.result(answer, folder, NAME)


BECOMES = {
    # name of the clip: kind, media type, size, whether there is a picture of it
    "mp4": ("video", "video/mp4", (64, 48), True),
    "mov": ("video", "video/mp4", (64, 48), True),
    "pieces.mp4": ("video", "video/mp4", (64, 48), True),
    "old.mp4": ("video", "video/mp4", (64, 48), True),
    "webm": ("video", "video/mp4", (64, 48), True),
    "mkv": ("video", "video/mp4", (64, 48), True),
    "ogv": ("video", "video/mp4", (64, 48), True),
    "3gp": ("video", "video/mp4", (192, 144), True),
    "m4a": ("audio", "audio/mp4", (None, None), False),
    "mp3": ("audio", "audio/mpeg", (None, None), False),
    "aac": ("audio", "audio/mp4", (None, None), False),
    "ogg": ("audio", "audio/ogg", (None, None), False),
    "opus": ("audio", "audio/ogg", (None, None), False),
    "flac": ("audio", "audio/mpeg", (None, None), False),
    "wav": ("audio", "audio/mpeg", (None, None), False),
    "wma": ("audio", "audio/mpeg", (None, None), False),
    "gif": ("gifv", "video/mp4", (64, 48), True),
    "apng": ("gifv", "video/mp4", (64, 48), True),
}
COPIED = ("mp4", "mov", "pieces.mp4", "mkv", "m4a", "mp3", "ogg", "opus")


@pytest.mark.parametrize(("name", "becomes"), BECOMES.items(), ids=BECOMES)
def test_what_becomes_of_what(tmp_path: Path, name: str, becomes: tuple[object, ...]) -> None:
    made = developed(tmp_path, clip(name))

    whole = made.whole
    assert whole is not None
    data = (tmp_path / whole.name).read_bytes()
    kind, media_type, size, has_picture = becomes
    assert (made.kind, whole.media_type, (whole.width, whole.height)) == (kind, media_type, size)
    assert (made.preview is not None, made.blurhash is not None) == (has_picture, has_picture)
    assert whole.size == len(data)
    assert whole.duration == pytest.approx(1.0, abs=0.15)
    assert whole.bit_rate == pytest.approx(len(data) * 8 / whole.duration, rel=0.01)
    assert whole.frame_rate == ("10/1" if kind != "audio" else None)
    assert traces(data) == []
    assert shown(data) != ""
    if name in COPIED:
        assert shown(data) == shown(clip(name))


def test_a_film_that_is_held_upright_is_upright(tmp_path: Path) -> None:
    made = developed(tmp_path, turned())

    assert made.whole is not None
    assert made.preview is not None
    assert (made.whole.width, made.whole.height) == (48, 64)
    assert (made.preview.width, made.preview.height) == (48, 64)


def test_what_is_too_large_or_too_quick_to_be_shown_is_made_smaller(tmp_path: Path) -> None:
    size = ("-f", "lavfi", "-i", "testsrc=size=2560x1440:rate=90:duration=0.1")
    large = made("mp4", *size, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")

    film = developed(tmp_path, large).whole

    assert film is not None
    assert (film.width, film.height, film.frame_rate) == (1920, 1080, "60/1")


@pytest.mark.parametrize("what", [("size=4096x2176:rate=10",), ("size=64x48:rate=150",)])
def test_what_is_larger_than_is_taken_is_refused(tmp_path: Path, what: tuple[str]) -> None:
    source = ("-f", "lavfi", "-i", f"testsrc={what[0]}:duration=0.1")
    large = made("mp4", *source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")

    with pytest.raises(Invalid, match=r"This film is too large: .*; 3840 × 2160 at 120 at most\."):
        developed(tmp_path, large)


def test_the_cover_of_a_sound_is_its_picture(tmp_path: Path) -> None:
    (tmp_path / "cover.jpg").write_bytes(saved(drawn(300, 300), "JPEG", comment=b"SECRET"))
    how = ("-f", "lavfi", "-i", "sine=duration=1", "-i", str(tmp_path / "cover.jpg"), "-map", "0", "-map", "1")
    sound = made("mp3", *how, "-c:v", "copy", "-disposition:v", "attached_pic")

    heard = developed(tmp_path, sound)

    assert heard.whole is not None
    assert heard.preview is not None
    assert (heard.kind, heard.preview.width, heard.preview.height) == ("audio", 300, 300)
    for name in (heard.whole.name, heard.preview.name):
        assert b"SECRET" not in (tmp_path / name).read_bytes()
    assert sniff((tmp_path / heard.whole.name).read_bytes()[:HEAD]) == "audio/mpeg"


@pytest.mark.parametrize("gifs", [True, False])
def test_what_one_can_see_through_stays_a_picture(tmp_path: Path, gifs: bool) -> None:
    frames = [drawn(60, 40, "RGBA") for _ in range(3)]
    for place, frame in enumerate(frames):
        frame.paste((0, 0, 0, 0), (place * 10, 0, place * 10 + 20, 20))
    film = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, disposal=2)

    made = developed(tmp_path, film, structs.replace(all_means(), gifs=gifs))

    assert made.whole is not None
    assert (made.kind, made.whole.media_type) == ("image", "image/gif")


def test_gifs_can_be_kept(tmp_path: Path) -> None:
    made = developed(tmp_path, clip("gif"), structs.replace(all_means(), gifs=False))

    assert made.whole is not None
    assert (made.kind, made.whole.media_type) == ("image", "image/gif")


# ffmpeg is held ------------------------------------------------------------------------------------------------------
PLAYLISTS = {
    "HLS": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://%b\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile '%b'\n",
    "a film that begins like one": b"\0\0\0\x10ftypisom\0\0\2\0#EXTM3U\n#EXTINF:10,\nfile://%b\n#EXT-X-ENDLIST\n",
}


@pytest.mark.parametrize("playlist", PLAYLISTS.values(), ids=PLAYLISTS)
@pytest.mark.parametrize("media_type", ["video/mp4", "video/webm", "audio/mpeg"])
def test_a_playlist_leads_to_no_other_file(tmp_path: Path, playlist: bytes, media_type: str) -> None:
    programs = all_means().ffmpeg
    assert programs is not None
    (tmp_path / "secret.mp4").write_bytes(clip("mp4"))
    source, work = tmp_path / "list.mp4", tmp_path / "work"
    source.write_bytes(playlist % bytes(tmp_path / "secret.mp4"))
    work.mkdir()

    with pytest.raises(Invalid):
        Projector(programs, source, FORMATS[media_type].demuxer, work).probe()


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_even_where_it_is_told_to_ffmpeg_opens_no_other_file(tmp_path: Path) -> None:
    """What a hole in a decoder could do: a demuxer that leads on, without our whitelist. The kernel says no."""
    kernel = confining.libc()
    if kernel is None or kernel.syscall(444, None, 0, 1) < 1:
        pytest.skip("needs a kernel with Landlock")
    programs = all_means().ffmpeg
    assert programs is not None
    secret, source, work = tmp_path / "secret.mp4", tmp_path / "list", tmp_path / "work"
    secret.write_bytes(clip("mp4"))
    source.write_bytes(b"ffconcat version 1.0\nfile '%b'\n" % bytes(secret))
    work.mkdir()
    projector = Projector(programs, source, "concat", work)
    arguments = ("-v", "error", "-f", "concat", "-safe", "0", "-i", str(source), "-c", "copy", str(work / "out.mp4"))

    subprocess.run([programs.ffmpeg, *arguments[:-1], str(tmp_path / "out.mp4")], check=True, timeout=30)
    with pytest.raises(Invalid) as refused:
        projector._run(programs.ffmpeg, arguments)

    assert "Permission denied" in refused.value.detail


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_a_child_has_no_network_and_no_way_to_privileges(tmp_path: Path) -> None:
    program = (
        "from smallfed.runtime import confining; confining.be_alone()\n"
        "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('NoNewPrivs')],"
        " [line.split(':')[0].strip() for line in open('/proc/net/dev') if ':' in line])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    rights, networks = done.stdout.strip().split("] [")
    assert rights == "['1'"
    if networks != "'lo']":
        pytest.skip(f"this system lets nobody give up the network: {networks}")


async def test_what_a_child_has_started_ends_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from smallfed.runtime import aside as module

    program = (
        "import sys; from smallfed.runtime import child; sys.path.insert(0, '.'); sys.exit(child.main(*sys.argv[1:]))"
    )
    monkeypatch.setattr(module, "COMMAND", ("-I", "-c", program))
    note = tmp_path / "pid"

    with pytest.raises(Invalid, match="took longer"):
        await Aside().child("tests.runtime.child_functions:start_sleeping", bytes(note), seconds=3)

    number = int(note.read_text())
    with trio.fail_after(5):
        while _is_alive(number):  # noqa: ASYNC110 - nobody tells when a stranger's process has gone
            await trio.sleep(0.01)


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{number}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_means_come_over_to_the_child() -> None:
    order = msgspec.json.decode(
        developing.order("attachment", Path("/a"), Path("/b"), NAME, all_means()),
        type=developing.Order,
        dec_hook=lambda kind, text: kind(text),
    )

    assert order.means == all_means()
