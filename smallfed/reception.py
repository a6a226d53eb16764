"""Reception: the doors for people and their apps, which Quart answers; it is put together when the first comes.

Quart, all it stands on, and our doors in it are a quarter of what a server would hold: a house that nobody visits pays
nothing for them. What other servers ask never comes here.

Spec: STACK, budget (idle memory, start).
"""

from typing import cast

from smallfed import oauth, sparing, web
from smallfed.mastodon import door as mastodon
from smallfed.pages import quart
from smallfed.pages.asgi import Asgi, Receive, Scope, Send
from smallfed.workers.parts import Parts


class Reception:
    """Answers with the application that Quart makes of our doors."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._opened: Asgi | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if self._opened is None:
            self._opened = self._open()
        await self._opened(scope, receive, send)

    def _open(self) -> Asgi:
        sparing.bring_in("quart_trio")
        app = quart.new_app(self._parts)
        for door in (oauth, mastodon, web):
            door.register(app)
        return cast("Asgi", app)
