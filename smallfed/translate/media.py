"""Pictures, sounds and films in documents of other servers, and the many ways to give their address.

Spec: Activity Streams vocabulary (Document, Image, Link), FEP-1311 (media attachments),
https://docs.joinmastodon.org/spec/activitypub/#as, https://docs.joinpeertube.org/api/activitypub#video
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from smallfed.domain.post import Attachment
from smallfed.domain.uris import bare, host, web
from smallfed.protocol import limits
from smallfed.protocol.jsonld import Document
from smallfed.protocol.vocabulary import NOTES

_KINDS = {"Image": "image", "Video": "video", "Audio": "audio"}
_SUFFIXES = {
    "image": frozenset({"jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "svg"}),
    "video": frozenset({"mp4", "webm", "mov", "m4v", "ogv"}),
    "audio": frozenset({"mp3", "ogg", "oga", "opus", "flac", "wav", "m4a", "aac"}),
}
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,200}")
_DURATION = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_PATH_END = re.compile(r"[?#]")
_LARGEST = 100_000  # pixels on one side
_BEST_HEIGHT = 720  # of a film that comes in several sizes


def picture(document: Document, name: str) -> str | None:
    """Return the URL of the first picture in ``icon``, ``image`` or the like, or None."""
    return next((url for item in document.links(name) if (url := _address(item))), None)


def page(document: Document) -> str | None:
    """Return the page for people in ``url``: the first that is HTML, else the first that is no media file, or None."""
    return next(_pages(document), None)


def own_page(document: Document) -> str | None:
    """Return the first ``page`` on the host of the document's id, or None.

    Things are found by their pages: whoever could name one elsewhere would be taken for who lives there.
    """
    here = _server(document.id)
    return next((url for url in _pages(document) if _server(url) == here), None)


def _pages(document: Document) -> Iterator[str]:
    links = _reachable(document.links("url"))
    html = [link for link in links if link.text("mediaType") == "text/html"]
    other = [link for link in links if not link.has("mediaType")]
    return (url for link in html + other if (url := link.uri("href")) is not None)


def _server(url: str | None) -> str:
    return bare(host(url) or "").removeprefix("www.")  # as Threads has it


def attachments(document: Document) -> tuple[Attachment, ...]:
    """Return the media of a post: what is attached, else what the object itself is, else its picture. Ids are 0."""
    attached = tuple(_attached(document))[: limits.ATTACHMENTS]
    return attached or tuple(_itself(document)) or tuple(_illustration(document))


def is_sensitive(document: Document) -> bool:
    """Whether one of the things attached says of itself that it is sensitive, as Misskey's files do."""
    return any(item.flag("sensitive") is True for item in document.documents("attachment"))


def links(document: Document) -> tuple[str, ...]:
    """Return the addresses that are attached but are no media: Lemmy's and Mastodon's links."""
    found = (web(_address(item)) for item in document.documents("attachment") if not _is_media(item))
    return tuple(dict.fromkeys(url for url in found if url))


def is_page(item: Document) -> bool:
    """Whether something attached is a link that is no file: Lemmy's and Mastodon's; some leave the type out."""
    return ("Link" in item.types or not item.types) and not _is_media(item)


def _attached(document: Document) -> Iterator[Attachment]:
    for item in document.documents("attachment"):
        file = _file(item)
        if file is not None and _is_media(item):
            yield _attachment(item, file)


def _itself(document: Document) -> Iterator[Attachment]:
    """The file of a Video, Audio, Image or Document object: such objects often have a page as well."""
    if document.type_in(frozenset({"Document", *_KINDS})) is not None:
        yield from (_attachment(document, file) for file in _files(document)[:1])


def _illustration(document: Document) -> Iterator[Attachment]:
    """The picture of an Article, Page or Event, or of a film that cannot be shown; Ghost gives its address only."""
    if document.type_in(NOTES) is None:
        for item in document.links("image", 1) or _still(document):
            file = _file(item)
            if file is not None:
                picture = _attachment(item, file)
                yield structs.replace(picture, kind="image") if picture.kind == "unknown" else picture


def _still(document: Document) -> list[Document]:
    """Return the largest picture of a Video: of one that is live there is only a playlist, which apps cannot play."""
    pictures = document.links("icon") if "Video" in document.types else ()
    return sorted(pictures, key=lambda picture: picture.integer("width") or 0)[-1:]


def _file(item: Document) -> Document | None:
    """Return the Link to the best file of ``item``, else to whatever there is, or None; its ``href`` is http(s)."""
    return next(iter(_files(item) or _reachable(item.links("url") or (item,))), None)


def _files(item: Document) -> list[Document]:
    """Return the Links to media files, the best first; PeerTube hides some in the ``tag`` of the Link to a playlist."""
    found: list[Document] = []
    for link in item.links("url"):
        inner = [tag for tag in link.documents("tag") if "Link" in tag.types]
        found += [file for file in (link, *inner) if _main_type(file) in _SUFFIXES]
        if not link.has("mediaType") and _main_type(item) in _SUFFIXES:
            found.append(link)
    return sorted(_reachable(found), key=_preference)


def _reachable(links: Iterable[Document]) -> list[Document]:
    return [link for link in links if web(link.uri("href"))]


def _preference(link: Document) -> tuple[bool, int]:
    height = link.integer("height") or 0
    return height > _BEST_HEIGHT, height if height > _BEST_HEIGHT else -height


def _attachment(about: Document, file: Document) -> Attachment:
    """``about`` describes the thing, ``file`` is the Link to its file; they may be one."""
    url = str(file.uri("href"))
    media_type = (file.text("mediaType") or about.text("mediaType")).lower()
    return Attachment(
        id=0,
        kind=_kind(file) or _kind(about) or _suffix_kind(url),
        media_type=media_type if len(media_type) < 100 and _MEDIA_TYPE.fullmatch(media_type) else "",
        url=url,
        preview_url=picture(about, "icon") or picture(about, "preview"),
        description=(about.text("summary") or about.text("name"))[: limits.DESCRIPTION].strip(),
        blurhash=_blurhash(about),
        width=_side(file, "width") or _side(about, "width"),
        height=_side(file, "height") or _side(about, "height"),
        focus=_focus(about),
        duration=_duration(about),
    )


def _address(item: Document) -> str | None:
    """Return the URL that an Image, a Link or the like leads to, or None."""
    return next((link.uri("href") for link in _reachable(item.links("url") or (item,))), None)


def _is_media(item: Document) -> bool:
    if not item.types:  # some forget to say what it is
        return _main_type(item) in _SUFFIXES or _suffix_kind(_address(item) or "") in _SUFFIXES
    if "Link" in item.types:
        return _main_type(item) in _SUFFIXES
    return item.type_in(frozenset({"Document", *_KINDS})) is not None


def _main_type(item: Document) -> str:
    return item.text("mediaType").lower().partition("/")[0]


def _kind(item: Document) -> str | None:
    main = _main_type(item)
    return main if main in _SUFFIXES else next((_KINDS[name] for name in item.types if name in _KINDS), None)


def is_file(url: str) -> bool:
    """Whether an address ends as those of pictures, sounds and films do."""
    return _suffix_kind(url) in _SUFFIXES


def _suffix_kind(url: str) -> str:
    suffix = _PATH_END.split(url, 1)[0].rpartition(".")[2].lower()
    return next((kind for kind, suffixes in _SUFFIXES.items() if suffix in suffixes), "unknown")


def _side(item: Document, name: str) -> int | None:
    pixels = item.integer(name)
    return pixels if pixels is not None and 0 < pixels <= _LARGEST else None


def _blurhash(item: Document) -> str | None:
    text = item.text("blurhash")
    return text if _BLURHASH.fullmatch(text) else None


def _focus(item: Document) -> tuple[float, float] | None:
    point = item.raw("focalPoint")
    if not isinstance(point, list) or len(point) != 2:
        return None
    x, y = (Document({"": value}).number("") for value in point)
    return None if x is None or y is None else (max(-1.0, min(1.0, x)), max(-1.0, min(1.0, y)))


def _duration(item: Document) -> float | None:
    """Return seconds, from a number or from ISO 8601."""
    number = item.number("duration")
    if number is not None:
        return number if number >= 0 else None
    match = _DURATION.fullmatch(item.text("duration"))
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
