"""The door: routes as the pages declare them, hung into Quart.

Spec: CLIENT_API §13 items 13, 14, 18; SAFETY rule 34.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from quart import Response
from quart_trio import QuartTrio

from smallfed.mastodon import failures
from smallfed.mastodon.access import Access
from smallfed.mastodon.asking import Handler, handle
from smallfed.mastodon.limits import Limits
from smallfed.mastodon.replying import preflight, response

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Door:
    """Takes routes while the house is put together. ``/api`` paths nobody has taken answer 404, in JSON."""

    def __init__(self, app: QuartTrio) -> None:
        self._app = app
        self._limits = Limits()
        self._methods: dict[str, list[str]] = {}
        self._stubs: set[str] = set()

    def get(self, path: str, access: Access, handler: Handler) -> None:
        """Answer GETs of ``path``, in which ``<name>`` is a part that the handler is given as text."""
        self._hang("GET", path, access, handler)

    def post(self, path: str, access: Access, handler: Handler) -> None:
        """Answer POSTs of ``path``."""
        self._hang("POST", path, access, handler)

    def put(self, path: str, access: Access, handler: Handler) -> None:
        """Answer PUTs of ``path``."""
        self._hang("PUT", path, access, handler)

    def patch(self, path: str, access: Access, handler: Handler) -> None:
        """Answer PATCHes of ``path``."""
        self._hang("PATCH", path, access, handler)

    def delete(self, path: str, access: Access, handler: Handler) -> None:
        """Answer DELETEs of ``path``."""
        self._hang("DELETE", path, access, handler)

    def stub(self, path: str, access: Access, handler: Handler) -> None:
        """Answer GETs of ``path``; other methods are answered as if there were no such path."""
        self._hang("GET", path, access, handler)
        self._stubs.add(path)

    def _hang(self, method: str, path: str, access: Access, handler: Handler) -> None:
        if not isinstance(access, Access):
            raise TypeError(f"{method} {path} declares no scope")
        if method in self._methods.setdefault(path, []):
            raise TypeError(f"{method} {path} is there twice")
        self._methods[path].append(method)

        async def answer(**parts: str) -> Response:
            return response(await handle(access, handler, self._limits, parts))

        self._rule(path, [method], answer)

    def close(self) -> None:
        """Answer whatever else is asked below ``/api``: call it after the last route."""
        for path, methods in self._methods.items():
            if path in self._stubs:
                continue
            others = [method for method in METHODS if method not in methods]
            self._rule(path, others, partial(_not_allowed, ", ".join(methods)))
        for path in ("/api", "/api/<path:rest>"):
            self._rule(path, METHODS, _not_found)
            self._rule(path, ["OPTIONS"], _preflight)

    def _rule(self, path: str, methods: Sequence[str], answer: Callable[..., Awaitable[Response]]) -> None:
        endpoint = f"mastodon {' '.join(methods)} {path}"
        self._app.add_url_rule(path, endpoint, answer, methods=list(methods), provide_automatic_options=False)


async def _not_found(**_parts: str) -> Response:
    return response(failures.not_found())


async def _not_allowed(methods: str, **_parts: str) -> Response:
    return response(failures.not_allowed(methods))


async def _preflight(**_parts: str) -> Response:
    return preflight()
