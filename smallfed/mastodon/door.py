"""The door: routes as the pages declare them, hung into Quart.

Spec: CLIENT_API §13 items 13, 14, 18; SAFETY rule 34.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from quart import Response, request
from quart_trio import QuartTrio

from smallfed.mastodon import failures
from smallfed.mastodon.access import Access
from smallfed.mastodon.asking import Handler, bearer, handle
from smallfed.mastodon.limits import LIMITS, Limits
from smallfed.mastodon.noticing import Route, notice_absent
from smallfed.mastodon.replying import response

ROUTES = "mastodon routes"
"""Where an application keeps what the door has taken: (method, path) → Access."""

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]  # whoever asks with OPTIONS is answered before

Answer = Callable[..., Awaitable[Response]]


class Door:
    """Takes routes while the house is put together. ``/api`` paths nobody has taken answer 404, in JSON."""

    def __init__(self, app: QuartTrio) -> None:
        self._app = app
        app.extensions[LIMITS] = Limits()
        app.extensions[ROUTES] = {}
        self._taken: dict[str, dict[str, Answer]] = {}
        self._stubs: set[str] = set()

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
        self._app.extensions[ROUTES][method, path] = access

    def close(self) -> None:
        """Hang all routes into Quart, and what answers everything else below ``/api``."""
        for path, answers in self._taken.items():
            other = _not_found if path in self._stubs else partial(_not_allowed, ", ".join(answers))
            self._hang(path, answers, other)
        for path in ("/api", "/api/<path:rest>"):
            self._hang(path, {}, _not_found)

    def _hang(self, path: str, answers: Mapping[str, Answer], other: Answer) -> None:
        """Hang one rule for all methods: that halves the rules, each of which costs Quart a moment of the start."""

        async def view(**parts: str) -> Response:
            method = "GET" if request.method == "HEAD" else request.method
            return await answers.get(method, other)(**parts)

        self._app.add_url_rule(path, f"mastodon {path}", view, methods=METHODS, provide_automatic_options=False)


async def _not_found(**_parts: str) -> Response:
    notice_absent(await bearer(), request.method, 404)
    return response(failures.not_found())


async def _not_allowed(methods: str, **_parts: str) -> Response:
    notice_absent(await bearer(), request.method, 405)
    return response(failures.not_allowed(methods))
