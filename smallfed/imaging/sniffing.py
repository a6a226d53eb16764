"""What kind of picture some bytes are, by their first ones; names and declared types are not believed."""

HEAD = 256  # bytes that tell what kind of picture a file is

FORMATS = {
    # media type: Pillow's name of the one decoder that may read it
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}
_STARTS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def sniff(data: bytes) -> str | None:
    """Return the media type of a picture, or None for what we do not read. Whether it is whole is not checked."""
    for start, media_type in _STARTS.items():
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if data[4:8] == b"ftyp" and _AVIF_BRANDS & _brands(data) else None


def _brands(data: bytes) -> set[bytes]:
    """Return the major and compatible brands of a file in the ISO base media format (ISO 14496-12, 4.3)."""
    box = data[: min(int.from_bytes(data[:4]), HEAD)]
    return {box[8:12], *(box[at : at + 4] for at in range(16, len(box), 4))}
