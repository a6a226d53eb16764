"""What a browser loads besides pages: style sheet and pictures, under addresses that change with their content.

Spec: RULINGS 33. Files are read once and kept: there are few and they are small.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from quart import Response

import smallfed
from smallfed.errors import NotFound

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
FOR_EVER, FOR_NOW = "public, max-age=31536000, immutable", "public, max-age=300"


class Asset(Struct, frozen=True):
    """One file. ``version`` is taken from its content."""

    body: bytes
    type: str
    version: str


@cache
def folder() -> Path:
    """Return where the files are: inside the installed package, or beside it where we work on it."""
    package = Path(smallfed.__file__).parent
    return next(path for path in (package / "static", package.parent / "static") if path.is_dir())


@cache
def assets() -> dict[str, Asset]:
    """Return every file that may be served, by its name below the folder."""
    return {
        path.relative_to(folder()).as_posix(): _read(path)
        for path in sorted(folder().rglob("*"))
        if path.suffix in TYPES and path.is_file()
    }


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body=body, type=TYPES[path.suffix], version=sha256(body).hexdigest()[:12])


def url(name: str) -> str:
    """Return the address of a file; KeyError when there is none of this name."""
    return f"/static/{assets()[name].version}/{name}"


async def serve(version: str, name: str) -> Response:
    """Answer with a file: to be kept for ever under its own address, for minutes under an older one."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound("there is no such file")
    response = Response(asset.body, content_type=asset.type)
    response.headers["Cache-Control"] = FOR_EVER if version == asset.version else FOR_NOW
    response.headers["Access-Control-Allow-Origin"] = "*"
    if asset.type.startswith("image/svg"):
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
