"""What some bytes are, by their first ones: a picture, a film or a sound. Names and declared types are not believed."""

HEAD = 256  # bytes that tell what a file is

FORMATS = {
    # media type of a picture: Pillow's name of the one decoder that may read it
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
}
_STARTS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"fLaC": "audio/flac",
    b"ID3": "audio/mpeg",
    b"#!AMR": "audio/amr",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c": "video/x-ms-asf",
}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    # brands of the ISO base media format, those that say most first; as compatible ones only pictures are told by them
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_FILMS = (b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"3g", b"mmp4", b"qt  ")
_OLD_QUICKTIME = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_OGG = {
    b"\x01vorbis": "audio/ogg",
    b"OpusHead": "audio/ogg",
    b"\x7fFLAC": "audio/ogg",
    b"Speex   ": "audio/ogg",
    b"\x80theora": "video/ogg",
    b"fishead\0": "video/ogg",
}
_EBML = b"\x1a\x45\xdf\xa3"


def sniff(data: bytes) -> str | None:
    """Return the media type of a file, or None for what nobody here reads. Whether it is whole is not checked."""
    for start, media_type in _STARTS.items():
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _by_brands(data)
    if data[:4] == b"OggS":
        return _by_codec(data)
    if data[:4] == _EBML:
        return "video/webm" if b"webm" in data[:64] else "video/x-matroska" if b"matroska" in data[:64] else None
    if data[4:8] in _OLD_QUICKTIME:
        return "video/quicktime"
    return _by_frame(data)


def _by_brands(data: bytes) -> str | None:
    major, compatible = _brands(data)
    for brand, media_type in _BRANDS.items():
        if brand == major or (brand in compatible and media_type.startswith("image/")):
            return media_type
    return "video/mp4" if any(brand.startswith(_FILMS) for brand in (major, *compatible)) else None


def _brands(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return the major and compatible brands of a file in the ISO base media format (ISO 14496-12, 4.3)."""
    box = data[: min(int.from_bytes(data[:4]), HEAD)]
    return box[8:12], [box[at : at + 4] for at in range(16, len(box) - 3, 4)]


def _by_codec(data: bytes) -> str | None:
    """Return what an Ogg file holds, by the first packet of its first page (RFC 3533, 6)."""
    first = data[27 + data[26] :] if len(data) > 27 else b""
    return next((kind for start, kind in _OGG.items() if first.startswith(start)), None)


def _by_frame(data: bytes) -> str | None:
    """Return what begins with a frame of MPEG audio (ISO 11172-3, 2.4.2.3) or of ADTS (ISO 13818-7, 6.2)."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return None
    layer = data[1] >> 1 & 3
    if layer == 0:
        return "audio/aac" if data[1] & 0xF0 == 0xF0 and data[2] >> 2 & 15 < 13 else None
    fits = data[1] >> 3 & 3 != 1 and data[2] >> 4 not in (0, 15) and data[2] >> 2 & 3 != 3
    return "audio/mpeg" if fits else None
