"""The owner logs in with a browser, and out."""

import re

from quart import Response, request

from smallfed.errors import TooMany, Unauthenticated
from smallfed.pages import passwords, trees, visits
from smallfed.pages.answers import page, see_other
from smallfed.pages.quart import parts
from smallfed.pages.visits import Visit
from smallfed.services import entering

HOME = "/apps"
_LOCAL = re.compile(r"/(?:[A-Za-z0-9_@.~%?=&-][A-Za-z0-9_@.~%?=&/-]*)?")


async def show() -> Response:
    """Ask for the password; whoever is inside goes on."""
    goal, visit = _goal(request.args.get("next")), await visits.visit()
    return see_other(goal) if visit.inside else _page(visit, goal)


async def enter() -> Response:
    """Take the password."""
    form = await trees.read()
    visit, goal = await visits.require_own_form(form), _goal(form.text("next"))
    try:
        secret = await passwords.log_in(form.text("password") or "")
    except Unauthenticated as error:
        return _page(visit, goal, status=403, problem=error.message)
    except TooMany as error:
        response = _page(visit, goal, status=429, problem=error.message)
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
        return response
    response = see_other(goal)
    visits.keep(response, secret)
    return response


async def leave() -> Response:
    """End the session."""
    visit = await visits.require_own_form(await trees.read())
    await parts().db.write(entering.leave, visit.secret)
    response = see_other("/login")
    visits.forget(response)
    return response


async def inside(path: str) -> Visit | Response:
    """Return the owner's visit, or the way to the login page and back to ``path``."""
    visit = await visits.visit()
    return visit if visit.inside else see_other(f"/login?next={path}")


def _page(visit: Visit, goal: str, *, status: int = 200, problem: str | None = None) -> Response:
    house = parts().identity.here
    return page("login.html", status=status, visit=visit, house=house, goal=goal, problem=problem)


def _goal(path: str | None) -> str:
    """Return where to go afterwards: an address of ours, never somebody else's."""
    return path if path and _LOCAL.fullmatch(path) else HOME
