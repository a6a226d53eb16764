"""Archives that somebody hands over, and folders: read file by file, and nothing of them is written anywhere.

A name in an archive is only a name: whatever path it is, nobody opens it. Links, devices and the like are passed over.
What unpacks to more than there may be, or is packed so that it grows beyond all measure, is refused.

Spec: SAFETY §1.2 (zip bombs); POSIX pax, PKWARE APPNOTE §4.3 (directories, ZIP64).
"""

import bz2
import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from msgspec import Struct

from smallfed.errors import Invalid

MOST = 20_000  # things in an archive
WHOLE = 1 << 30  # bytes that it may unpack to
RATIO = 200  # of what is unpacked to the file, beyond what every file may be
FREE = 32 << 20
DIRECTORY = 8 << 20  # bytes of the list of what is in a zip, which is read whole
HEADER = 64 << 10  # bytes of a name in a tar
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 1 << 16
_TROUBLE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
_LONG = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, b"L", b"K"})

Packed = IO[bytes] | gzip.GzipFile | bz2.BZ2File
Wanted = Callable[[str], bool]


class Entry(Struct, frozen=True):
    """A file in an archive. ``data`` is None when it is larger than was asked for."""

    name: str
    data: bytes | None


def entries(path: Path, wanted: Wanted, *, largest: int) -> Iterator[Entry]:
    """Yield the files in the archive or folder ``path`` whose name is ``wanted``, one after the other.

    Names have slashes between their parts. Files of more than ``largest`` bytes come without their bytes. Invalid when
    it is neither a folder nor a tar (also with gzip or bzip2) nor a zip, is broken, or is beyond the limits.
    """
    if path.is_dir():
        yield from _in_folder(path, wanted, largest)
        return
    with path.open("rb") as file, _understood():
        head = file.read(4)
        file.seek(0)
        if head in (b"PK\x03\x04", _END):
            yield from _in_zip(file, wanted, largest)
        else:
            yield from _in_tar(_unpacked(file, head), path.stat().st_size, wanted, largest)


@contextmanager
def _understood() -> Iterator[None]:
    """Turn what the readers of archives raise into Invalid."""
    try:
        yield
    except _TROUBLE as error:
        message = "this is no archive we can read, or it is broken: give a tar, tar.gz or zip"
        raise Invalid(message, detail=repr(error)) from error


def _in_folder(folder: Path, wanted: Wanted, largest: int) -> Iterator[Entry]:
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= MOST:
            raise _too_many()
        name = path.relative_to(folder).as_posix()
        if wanted(name) and path.is_file():
            with path.open("rb") as file:
                yield Entry(name, _bounded(file, largest))


def _bounded(file: Packed, largest: int) -> bytes | None:
    data = file.read(largest + 1)
    return None if len(data) > largest else data


def _too_many() -> Invalid:
    return Invalid(f"there is too much in it: an archive may have {MOST:,} files")


# zip ------------------------------------------------------------------------------------------------------------------
def _in_zip(file: IO[bytes], wanted: Wanted, largest: int) -> Iterator[Entry]:
    _require_short_directory(file)
    left = WHOLE
    with zipfile.ZipFile(file) as archive:
        if len(archive.infolist()) > MOST:
            raise _too_many()
        for info in archive.infolist():
            if info.is_dir() or not wanted(info.filename):
                continue
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Invalid("it is encrypted, or packed in a way we do not read: give an ordinary zip")
            with archive.open(info) as packed:
                data = _bounded(packed, largest)
            left -= largest if data is None else len(data)
            if left < 0:
                raise _too_large()
            yield Entry(info.filename, data)


def _require_short_directory(file: IO[bytes]) -> None:
    """Look at the end of a zip, which says how long its list is, before that is read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    end = file.read()
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_SIZE:
        raise zipfile.BadZipFile("no end")
    if int.from_bytes(end[at + 12 : at + 16], "little") > DIRECTORY:
        raise _too_many()
    file.seek(0)


def _too_large() -> Invalid:
    return Invalid(f"it unpacks to more than {WHOLE >> 20} MB, or far more than it is: that is no ordinary archive")


# tar ------------------------------------------------------------------------------------------------------------------
def _unpacked(file: IO[bytes], head: bytes) -> Packed:
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    return bz2.BZ2File(file) if head.startswith(b"BZh") else file


class _Counted(io.RawIOBase):
    """What comes out of a packed file, and no more than may."""

    def __init__(self, file: Packed, packed: int) -> None:
        super().__init__()
        self._file, self._left = file, min(WHOLE, max(FREE, packed * RATIO))

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _too_large()
        return data


class _Header(tarfile.TarInfo):
    """A header whose name does not fill the memory, and whose length does not lead backwards (CVE-2025-8194)."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.type in _LONG and header.size > HEADER):
            raise tarfile.ReadError("a header of an impossible size")
        return header


def _in_tar(file: Packed, packed: int, wanted: Wanted, largest: int) -> Iterator[Entry]:
    stream = _Counted(file, packed)
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
        for number, member in enumerate(archive):
            archive.members.clear()  # type: ignore[attr-defined]  # they would all be kept
            if number >= MOST:
                raise _too_many()
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or not wanted(member.name):
                continue
            data = archive.extractfile(member)
            yield Entry(member.name, None if data is None or member.size > largest else data.read())
