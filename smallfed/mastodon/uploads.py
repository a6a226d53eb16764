"""Uploads: the few paths on which a body may be larger than a form, and files go to the disk as they come.

Quart decides how much it takes before a route is known, so the limit hangs on the request.

Spec: CLIENT_API §5 (media): a part may lack a type and a name; STACK: uploads are streamed.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from io import BytesIO
from typing import Any, cast

from quart import current_app, request
from quart.datastructures import FileStorage
from quart.formparser import FormDataParser
from quart.wrappers.request import Body
from quart_trio import QuartTrio
from quart_trio.formparser import TrioFormDataParser
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from smallfed.config.media import Media
from smallfed.errors import Invalid
from smallfed.filming.formats import FORMATS
from smallfed.imaging.sniffing import sniff
from smallfed.mastodon.pictures import LARGEST
from smallfed.pages.requests import Request
from smallfed.pages.trees import MOST_FIELDS, MULTIPART
from smallfed.runtime.files import Draft, Limit
from smallfed.workers.parts import Parts
from smallfed.workers.processing import incoming

ROOM = 1 << 20  # for the other fields of the form
MOST_FILES = 4  # in one form: each is open while it comes
PATIENCE = 900  # seconds for the whole body: telephones are slow
UNNAMED = frozenset({"file", "thumbnail"})  # files also where their part has no name of a file

PROFILES = frozenset({"/api/v1/accounts/update_credentials", "/api/v1/profile"})
MEDIA = frozenset({"/api/v1/media", "/api/v2/media"})

Fields = MultiDict[str, Any]


def are_taken(path: str) -> bool:
    """Whether files may come on a path."""
    path = path.rstrip("/")
    return path in PROFILES or path in MEDIA or path.startswith("/api/v1/media/")


def limit(parts: Parts, path: str) -> int | None:
    """Return how many bytes one file may have on a path, whatever it is; None where there are no uploads."""
    if not are_taken(path):
        return None
    media = parts.config.media
    return LARGEST if path.rstrip("/") in PROFILES else max(media.picture_bytes, media.film_bytes)


def bound(media: Media, head: bytes) -> int:
    """Return how many bytes a file may have that begins so: films and sounds may be larger than pictures."""
    return media.film_bytes if sniff(head) in FORMATS else media.picture_bytes


def register(app: QuartTrio) -> None:
    """Let ``app`` take uploads, each to a file of its own that goes when nobody has kept it."""

    class Uploading(Request):
        """A request whose body may be as large as its path takes: two files and a form. No other form is so large."""

        def __init__(
            self, method: str, scheme: str, path: str, query_string: bytes, headers: Headers, *args: Any, **options: Any
        ) -> None:
            self.drafts: list[Draft] = []
            self.expected = 0  # bytes
            has_files = headers.get("Content-Type", "").lower().startswith(MULTIPART)
            self.limit = limit(app.extensions["parts"], path) if has_files else None
            if self.limit is not None:
                options |= {"max_content_length": 2 * self.limit + ROOM, "body_timeout": PATIENCE}
            super().__init__(method, scheme, path, query_string, headers, *args, **options)
            self.max_content_length = options["max_content_length"] if self.limit is not None else None

        def make_form_data_parser(self) -> FormDataParser:
            """Return a parser that writes files to the disk."""
            return super().make_form_data_parser() if self.limit is None else _Parser(self._begin)

        def _begin(self) -> Draft:
            if len(self.drafts) == MOST_FILES:
                raise RequestEntityTooLarge
            parts: Parts = app.extensions["parts"]
            if not self.drafts:
                size = self.content_length or self.max_content_length or 0
                parts.room.expect(size)
                self.expected = size
            most: Limit = LARGEST if self.path.rstrip("/") in PROFILES else partial(bound, parts.config.media)
            self.drafts.append(incoming(parts.data, parts.dice, limit=most))
            return self.drafts[-1]

    app.request_class = Uploading
    app.teardown_request(_forget)


async def _forget(_error: BaseException | None) -> None:
    for draft in getattr(request, "drafts", ()):
        draft.close()
    if expected := getattr(request, "expected", 0):
        parts: Parts = current_app.extensions["parts"]
        parts.room.came(expected)


async def draft(name: str) -> Draft | None:
    """Return the file that has come under a name, or None; Invalid for an empty one."""
    found = (await request.files).get(name) if request.mimetype == MULTIPART else None
    if found is None:
        return None
    stream = cast("Draft", found.stream)
    if stream.size == 0:
        raise Invalid(f"Validation failed: {name.capitalize()} is empty")
    return stream


class _Parser(TrioFormDataParser):
    """Reads multipart bodies piece by piece: fields into memory, files where ``begin`` says."""

    def __init__(self, begin: Callable[[], Draft]) -> None:
        super().__init__(silent=False)
        self._begin = begin

    async def _multipart(
        self, body: Body, mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[Fields, Fields]:
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        decoder, reader = MultipartDecoder(boundary, max_parts=MOST_FIELDS), _Reader(self._begin)
        async for data in body:
            decoder.receive_data(data)
            while not isinstance(event := decoder.next_event(), NeedData):
                reader.take(event)
            if len(decoder.buffer) > ROOM:
                raise RequestEntityTooLarge
        decoder.receive_data(None)
        while not isinstance(decoder.next_event(), Epilogue):  # ValueError where the body ends in the middle of a part
            pass
        return MultiDict(reader.fields), MultiDict(reader.files)

    parse_functions: Mapping[str, Callable[..., Awaitable[tuple[Fields, Fields]]]] = {  # type: ignore[assignment]
        **TrioFormDataParser.parse_functions,
        MULTIPART: _multipart,
    }


class _Reader:
    """What the parts of one body become."""

    def __init__(self, begin: Callable[[], Draft]) -> None:
        self.fields: list[tuple[str, str]] = []
        self.files: list[tuple[str, FileStorage]] = []
        self._begin = begin
        self._into: Draft | BytesIO = BytesIO()
        self._part: Field | File | None = None
        self._room = ROOM

    def take(self, event: object) -> None:
        """Take what the decoder has found."""
        match event:
            case File() | Field():
                self._part = event
                is_file = isinstance(event, File) or event.name in UNNAMED
                self._into = self._begin() if is_file else BytesIO()
            case Data():
                self._into.write(event.data)
                if isinstance(self._into, BytesIO):
                    self._charge(len(event.data))
                if not event.more_data:
                    self._end()

    def _charge(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise RequestEntityTooLarge

    def _end(self) -> None:
        part = self._part
        assert part is not None
        if isinstance(self._into, BytesIO):
            self.fields.append((part.name, self._into.getvalue().decode(errors="replace")))
        else:
            filename = part.filename if isinstance(part, File) else None
            stored = FileStorage(cast("BytesIO", self._into), filename, part.name, headers=part.headers)
            self.files.append((part.name, stored))
