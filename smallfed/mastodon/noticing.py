"""Noticing where an app is let down: a stub, an error, a parameter that nobody looked at.

For the compatibility ledger (``smallfed compatibility``). Names only, never values.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct
from quart import request

from smallfed.domain.shortfall import Shortfall, What
from smallfed.mastodon.access import Access
from smallfed.pages import agents
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.store.tokens import Token

ERRORS = frozenset({400, 405, 409, 413, 415, 422, 500, 501})
"""401 and 403 are about the token, 404 of a known path about a row, 429 and 503 about the moment: no gaps of ours."""

IGNORED: Mapping[str, str] = {
    "access_token": "read at the door",
    "_": "some web apps put the time there, so that no cache answers",
    "locale": "answers have one language",
    "lang": "answers have one language",
    "limit": "where nothing is cut, all of it is answered",
    "exclude_unreviewed": "no hashtag is reviewed here: all are as good",
    "resolve": "where words are searched there is nothing to resolve",
    "supported_types": "only types are sent that all apps know",
    "with_suspended": "suspended accounts are always shown as such",
    "_method": "Rails' way to write another method, which apps use beside the right one",
    "utf8": "Rails puts it into forms",
}
"""Parameters that are no gap where nobody looks at them: name → why."""

_WORD = re.compile(r"[a-z][a-z_]{0,39}|v[0-9](?:_alpha)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_\[\].:-]{0,59}")
ODD, MOST_NAMES, MOST_PARTS = "(a strange name)", 20, 8


class Route(Struct, frozen=True, kw_only=True):
    """A route as it was declared."""

    method: str
    path: str
    access: Access
    stub: bool = False


class Asked(Struct, kw_only=True):
    """What became known of a request while it was answered."""

    token: Token | None = None
    params: Tree | None = None


def notice(route: Route, asked: Asked, status: int) -> None:
    """Note what was missing when ``route`` was answered with ``status``."""
    if status in ERRORS:
        _note(asked.token, route.method, route.path, What.ERROR, str(status))
    elif status < 300 and route.stub:
        _note(asked.token, route.method, route.path, What.STUB)
    elif status < 300 and asked.params is not None:
        parts().noticing.looks_at(route.method, route.path, asked.params.read)
        for name in _unread(asked.params):
            _note(asked.token, route.method, route.path, What.PARAMETER, name)


def notice_absent(token: Token | None, method: str, status: int) -> None:
    """Note that an app asked for a path, or a method of one, that there is not."""
    _note(token, method, template(request.path), What.ERROR, str(status))


def template(path: str) -> str:
    """Return a path nobody has declared without what may be an id or a name: words of the API stay."""
    words = path.strip("/").split("/")[:MOST_PARTS]
    return "/" + "/".join(word if _WORD.fullmatch(word) else "<part>" for word in words)


def _unread(params: Tree) -> Iterator[str]:
    for name in sorted(params.unread() - IGNORED.keys())[:MOST_NAMES]:
        yield name if _NAME.fullmatch(name) else ODD


def _note(token: Token | None, method: str, route: str, what: What, name: str = "") -> None:
    app = token.app_name if token is not None else agents.product()
    shortfall = Shortfall(app=app, known=token is not None, method=method, route=route, what=what, name=name)
    parts().noticing.note(shortfall, parts().clock.now())
