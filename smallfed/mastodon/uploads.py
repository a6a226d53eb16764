"""Uploads: the few paths on which a body may be larger than a form.

Quart decides how much it takes before a route is known, so the limit hangs on the request.
"""

from typing import Any

from quart_trio.wrappers import TrioRequest

from smallfed.mastodon.pictures import LARGEST

ROOM = 1 << 20  # for the other fields of the form
LIMITS = {"/api/v1/accounts/update_credentials": 2 * LARGEST + ROOM}  # an avatar and a header


class Request(TrioRequest):
    """A request whose body may be as large as its path takes."""

    def __init__(self, method: str, scheme: str, path: str, *args: Any, **options: Any) -> None:
        limit = LIMITS.get(path.rstrip("/"))
        if limit is not None:
            options["max_content_length"] = limit
        super().__init__(method, scheme, path, *args, **options)
        self.max_content_length = limit  # for the parser of forms; None: as the application says
