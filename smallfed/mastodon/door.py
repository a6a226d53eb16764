"""The door: routes as the pages declare them, found when they are asked for.

Spec: CLIENT_API §13 items 13, 14, 18; SAFETY rule 34.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from importlib import import_module

from quart import Response, request
from quart_trio import QuartTrio

from smallfed.mastodon import failures, routes, uploads
from smallfed.mastodon.access import Access
from smallfed.mastodon.asking import Handler, bearer, handle
from smallfed.mastodon.limits import LIMITS, Limits
from smallfed.mastodon.noticing import Route, notice_absent
from smallfed.mastodon.paths import Paths, split
from smallfed.mastodon.replying import response

DOOR = "mastodon door"
"""Where an application keeps its door."""

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]  # whoever asks with OPTIONS is answered before

Answer = Callable[..., Awaitable[Response]]
Answers = dict[str, Answer]
"""Method → who answers."""


def register(app: QuartTrio) -> None:
    """Hang the client API into ``app``."""
    uploads.register(app)
    Door(app, {f"{routes.__name__}.{page}": beginnings.split() for page, beginnings in routes.PAGES.items()})


class Door:
    """Takes routes below ``/api``. What nobody has taken there answers 404, in JSON.

    ``pages`` says which modules hang the routes that begin with some words: they are imported when the first of those
    is asked for, so that a server holds only what its owner's apps use.
    """

    def __init__(self, app: QuartTrio, pages: Mapping[str, Sequence[str]] | None = None) -> None:
        app.extensions[LIMITS] = Limits()
        app.extensions[DOOR] = self
        self._taken: dict[str, Answers] = {}
        self._routes: dict[tuple[str, str], Access] = {}
        self._stubs: set[str] = set()
        self._paths: Paths[tuple[str, Answers]] = Paths()
        self._pages: dict[str, list[str]] = {}  # beginning → modules not imported yet
        for page, beginnings in (pages or {}).items():
            for beginning in beginnings:
                self._pages.setdefault(beginning, []).append(page)
        self._opened: set[str] = set()
        for number, path in enumerate(("/api", "/api/<path:_rest>")):
            app.add_url_rule(path, f"mastodon {number}", self._view, methods=METHODS, provide_automatic_options=False)

    @property
    def routes(self) -> Mapping[tuple[str, str], Access]:
        """All routes, (method, path with ``<name>`` for a part) → what they want; imports all pages."""
        for beginning in list(self._pages):
            self._open(beginning)
        return self._routes

    def get(self, path: str, access: Access, handler: Handler) -> None:
        """Answer GETs of ``path``, in which ``<name>`` is a part that the handler is given as text."""
        self._take("GET", path, access, handler)

    def post(self, path: str, access: Access, handler: Handler) -> None:
        """Answer POSTs of ``path``."""
        self._take("POST", path, access, handler)

    def put(self, path: str, access: Access, handler: Handler) -> None:
        """Answer PUTs of ``path``."""
        self._take("PUT", path, access, handler)

    def patch(self, path: str, access: Access, handler: Handler) -> None:
        """Answer PATCHes of ``path``."""
        self._take("PATCH", path, access, handler)

    def delete(self, path: str, access: Access, handler: Handler) -> None:
        """Answer DELETEs of ``path``."""
        self._take("DELETE", path, access, handler)

    def stub(self, path: str, access: Access, handler: Handler) -> None:
        """Answer GETs of ``path`` with less than there should be; there are no other methods of it.

        Apps that come here are noted in the compatibility ledger.
        """
        self._take("GET", path, access, handler, stub=True)
        self._stubs.add(path)

    def _take(self, method: str, path: str, access: Access, handler: Handler, *, stub: bool = False) -> None:
        if not isinstance(access, Access):
            raise TypeError(f"{method} {path} declares no scope")
        if method in self._taken.setdefault(path, {}):
            raise TypeError(f"{method} {path} is there twice")

        route = Route(method=method, path=path, access=access, stub=stub)

        async def answer(**parts: str) -> Response:
            return response(await handle(route, handler, parts))

        self._taken[path][method] = answer
        self._routes[method, path] = access
        if len(self._taken[path]) == 1:
            self._paths.put(path, (path, self._taken[path]))

    async def _view(self, **_path: str) -> Response:
        """Answer a request: whose page it is, whose path, whose method."""
        self._open("/".join(split(request.path)[1:3]))
        found = self._paths.find(request.path)
        if found is None:
            return await _not_found()
        (path, answers), parts = found
        other = _not_found if path in self._stubs else partial(_not_allowed, ", ".join(answers))
        return await answers.get("GET" if request.method == "HEAD" else request.method, other)(**parts)

    def _open(self, beginning: str) -> None:
        """Import the pages that hang routes which begin so, and let them."""
        for page in self._pages.pop(beginning, ()):
            if page not in self._opened:
                self._opened.add(page)
                import_module(page).register(self)


async def _not_found(**_parts: str) -> Response:
    notice_absent(await bearer(), request.method, 404)
    return response(failures.not_found())


async def _not_allowed(methods: str, **_parts: str) -> Response:
    notice_absent(await bearer(), request.method, 405)
    return response(failures.not_allowed(methods))
