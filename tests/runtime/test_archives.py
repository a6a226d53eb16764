"""Archives that are handed over: what is in them comes out bounded, and nothing is written."""

import bz2
import gzip
import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smallfed.errors import Invalid
from smallfed.runtime import archives
from smallfed.runtime.archives import Entry, entries

FILES = (("a.png", b"A"), ("folder/b.gif", b"BB"), ("../../etc/c.png", b"C"))


def tar(files: Sequence[tuple[str, bytes]], *, extra: Sequence[tarfile.TarInfo] = ()) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, data in files:
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
        for header in extra:
            archive.addfile(header)
    return written.getvalue()


def zipped(files: Sequence[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return written.getvalue()


def read(path: Path, archive: bytes, *, largest: int = 10) -> list[Entry]:
    file = path / "archive"
    file.write_bytes(archive)
    return list(entries(file, lambda name: name.endswith((".png", ".gif")), largest=largest))


@pytest.mark.parametrize(
    "archive", [tar(FILES), gzip.compress(tar(FILES)), bz2.compress(tar(FILES)), zipped(FILES)], ids=range(4)
)
def test_every_form(tmp_path: Path, archive: bytes) -> None:
    """A name is a name, wherever it points."""
    assert read(tmp_path, archive) == [Entry(name, data) for name, data in FILES]
    assert {each.name for each in tmp_path.iterdir()} == {"archive"}


@pytest.mark.parametrize("make", [tar, zipped])
def test_what_is_too_large_comes_without_its_bytes(tmp_path: Path, make: "type[bytes]") -> None:
    found = read(tmp_path, make([("a.png", bytes(10)), ("b.png", bytes(11)), ("c.txt", bytes(99)), ("d.png", b"")]))

    assert found == [Entry("a.png", bytes(10)), Entry("b.png", None), Entry("d.png", b"")]


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "a.png").write_bytes(b"A")
    (tmp_path / "b.txt").write_bytes(b"B")

    assert list(entries(tmp_path, lambda name: name.endswith(".png"), largest=10)) == [Entry("cats/a.png", b"A")]


def test_links_and_devices_are_passed_over(tmp_path: Path) -> None:
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE)
    extra = [tarfile.TarInfo(f"{number}.png") for number in range(len(kinds))]
    for header, kind in zip(extra, kinds, strict=True):
        header.type, header.linkname = kind, "/etc/passwd"

    assert read(tmp_path, tar([("a.png", b"A")], extra=extra)) == [Entry("a.png", b"A")]


def _long_name() -> bytes:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    return header.tobuf(tarfile.USTAR_FORMAT)


def _backwards() -> bytes:
    header = tarfile.TarInfo("x.png")
    header.size = -512
    return header.tobuf(tarfile.GNU_FORMAT)


def _encrypted() -> bytes:
    archive = bytearray(zipped([("a.png", b"A")]))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    return bytes(archive)


def _endless_directory() -> bytes:
    archive = bytearray(zipped([("a.png", b"A")]))
    at = archive.index(b"PK\x05\x06") + 12
    archive[at : at + 4] = (1 << 30).to_bytes(4, "little")
    return bytes(archive)


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"", "no archive"),
        (b"MZ program", "no archive"),
        (gzip.compress(tar(FILES))[:60], "no archive"),
        (zipped(FILES)[:60], "no archive"),
        (b"PK\x03\x04" + bytes(100), "no archive"),
        (_long_name() + bytes(1024), "no archive"),
        (_backwards() + bytes(1024), "no archive"),
        (_encrypted(), "encrypted"),
        (zipped(FILES, zipfile.ZIP_LZMA), "packed in a way"),
        (_endless_directory(), "too much"),
        (zipped([(f"{number}.png", b"") for number in range(archives.MOST + 1)]), "too much"),
        (gzip.compress(tar([("a.txt", bytes(archives.FREE + (1 << 20)))])), "unpacks to more"),
    ],
    ids=range(12),
)
def test_what_is_refused(tmp_path: Path, archive: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read(tmp_path, archive)


def test_a_zip_that_unpacks_to_too_much_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "WHOLE", 15)

    with pytest.raises(Invalid, match="unpacks to more"):
        read(tmp_path, zipped([("a.png", bytes(10)), ("b.png", bytes(10))]))


SEEDS = st.sampled_from([tar(FILES), gzip.compress(tar(FILES)), zipped(FILES)])


@given(seed=SEEDS, at=st.integers(0, 4000), byte=st.binary(min_size=1, max_size=4), cut=st.integers(0, 4000))
def test_whatever_comes_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, at: int, byte: bytes, cut: int
) -> None:
    at %= len(seed)
    broken = seed[:at] + byte + seed[at + len(byte) :]
    try:
        found = read(tmp_path_factory.getbasetemp(), broken[: max(1, len(broken) - cut)])
    except Invalid:
        return

    assert all(each.data is None or len(each.data) <= 10 for each in found)
