"""The owner logs in with a browser, and out."""

import re
from datetime import timedelta
from urllib.parse import quote

from quart import Response, request

from smallfed.pages import doorstep, trees, visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.doorstep import Shown
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.pages.visits import Visit
from smallfed.services import entering

HOME = "/owner"
FRESH = timedelta(minutes=15)
LONGEST = 2000  # bytes of a query that is kept over a login
_LOCAL = re.compile(r"/(?:[A-Za-z0-9_@.~%-][A-Za-z0-9_@.~%/-]*)?(?:\?[A-Za-z0-9_.~%!$&'()*+,;=:@/?-]*)?")

_ASKED = "%!$&'()*+,;=:@/?"


async def show() -> Response:
    """Ask for the password; whoever is inside goes on, unless asked to show again that it is them."""
    goal, visit, again = _goal(request.args.get("next")), await visits.visit(), bool(request.args.get("again"))
    if visit.inside and not again:
        return see_other(goal)
    return _page(visit, goal, await doorstep.first(visit), again=again)


async def enter() -> Response:
    """Take the password, a code or a passkey."""
    form = await trees.read()
    visit, goal = await visits.require_own_form(form), _goal(form.text("next"))
    entered = await doorstep.come_in(form, visit)
    if isinstance(entered, Shown):
        return _page(visit, goal, entered, again=bool(form.flag("again")))
    response = see_other(goal)
    visits.keep(response, entered)
    return response


async def leave() -> Response:
    """End the session."""
    visit = await visits.require_own_form(await trees.read())
    await parts().db.write(entering.leave, visit.secret)
    response = see_other("/login")
    visits.forget(response)
    return response


async def inside(path: str) -> Visit | Response:
    """Return the owner's visit, or the way to the login page and back to ``path``, with what was asked there."""
    visit = await visits.visit()
    return visit if visit.inside else _first(path + _query())


async def form(path: str) -> Tree | Response:
    """Return what the owner has sent, or the way to the login page and back to ``path``; Forbidden: no form of ours."""
    sent = await trees.read()
    visit = await visits.require_own_form(sent)
    return sent if visit.inside else _first(path)


def is_fresh(visit: Visit) -> bool:
    """Whether this browser has shown lately that it is the owner's: a browser left open changes no locks."""
    return visit.since is not None and parts().clock.now() - visit.since <= FRESH


def once_more(path: str) -> Response:
    """Return the way to show again that it is the owner, and back to ``path``."""
    return see_other(f"/login?again=1&next={quote(path)}")


def _first(goal: str) -> Response:
    return see_other(f"/login?next={quote(goal)}")


def _query() -> str:
    """Return the query that was asked, with its question mark, in letters that an address may have."""
    query = request.query_string
    return f"?{quote(query, safe=_ASKED)}" if 0 < len(query) <= LONGEST else ""


def _page(visit: Visit, goal: str, shown: Shown, *, again: bool) -> Response:
    response = page(
        "login.html",
        status=shown.status,
        visit=visit,
        script=shown.entrance.passkey is not None,
        house=parts().identity.here,
        goal=goal,
        again=again,
        entrance=shown.entrance,
        problem=shown.problem,
    )
    return shown.on(response)


def _goal(path: str | None) -> str:
    """Return where to go afterwards: an address of ours, never somebody else's."""
    return path if path and _LOCAL.fullmatch(path) else HOME
