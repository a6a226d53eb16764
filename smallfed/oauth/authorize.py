"""The page where the owner lets an app in, or does not: GET and POST /oauth/authorize.

Spec: RFC 6749 §4.1, RFC 9700; SAFETY rules 34, 36; RULINGS 23. Consent is never skipped, logged in or not; and nobody
is sent to an app by a link alone: anybody can register an address, and would have a way through us to it.
"""

import logging

from msgspec import Struct
from quart import Response

from smallfed.errors import Forbidden, Invalid, SmallfedError
from smallfed.oauth import callers
from smallfed.oauth.callers import Caller
from smallfed.oauth.failures import Refusal
from smallfed.observe.logging import event
from smallfed.pages import doorstep, trees, visits
from smallfed.pages.answers import message, page, see_other
from smallfed.pages.doorstep import Shown
from smallfed.pages.quart import parts
from smallfed.pages.trees import Tree
from smallfed.pages.visits import Visit
from smallfed.policy import redirects
from smallfed.services import authorising
from smallfed.services.authorising import Request

log = logging.getLogger(__name__)


class Question(Struct, frozen=True, kw_only=True):
    """What the owner has to decide. ``locked``: whoever decides has to show first that they are the owner."""

    caller: Caller
    request: Request
    visit: Visit
    locked: bool
    repeated: dict[str, str]


async def ask() -> Response:
    """Show who asks for what."""
    try:
        asked = await trees.read()
        known = await callers.caller(asked)
    except (Invalid, Forbidden) as error:
        return _shown(error)
    try:
        question = await _question(known, asked)
    except Refusal as refusal:
        return _asked_wrongly(known, refusal)
    return _page(question, await doorstep.first(question.visit) if question.locked else None)


async def decide() -> Response:
    """Take the owner's answer."""
    try:
        asked = await trees.read()
        known = await callers.caller(asked)
        visit = await visits.require_own_form(asked)
    except (Invalid, Forbidden) as error:
        return _shown(error)
    try:
        question = await _question(known, asked)
        if asked.flag("deny"):
            raise Refusal("access_denied", "The owner does not want it")
    except Refusal as refusal:
        return _told(known, refusal)
    if not question.locked:
        return await _allowed(question)
    entered = await doorstep.come_in(asked, visit)
    if isinstance(entered, Shown):
        return _page(question, entered)
    response = await _allowed(question)
    visits.keep(response, entered)
    return response


async def _question(known: Caller, asked: Tree) -> Question:
    visit = await visits.visit()
    return Question(
        caller=known,
        request=callers.request(known, asked),
        visit=visit,
        locked=not visit.inside or bool(asked.flag("force_login")),
        repeated={name: asked.text(name) or "" for name in callers.REPEATED if name in asked},
    )


def _page(question: Question, shown: Shown | None) -> Response:
    """Return the page; ``shown`` is how the way in looks, where one is needed."""
    caller = question.caller
    response = page(
        "authorize.html",
        status=200 if shown is None else shown.status,
        visit=question.visit,
        script=shown is not None and shown.entrance.passkey is not None,
        leads_to=redirects.form_action(caller.redirect_uri),
        house=parts().identity.here,
        app=caller.app,
        scopes=question.request.scopes,
        destination=None if caller.out_of_band else redirects.destination(caller.redirect_uri),
        repeated=question.repeated,
        entrance=None if shown is None else shown.entrance,
        problem=None if shown is None else shown.problem,
    )
    return response if shown is None else shown.on(response)


async def _allowed(question: Question) -> Response:
    caller = question.caller
    code = await parts().db.write(authorising.allow, caller.app, question.request)
    event(log, "app.allowed", app=caller.app.id, name=caller.app.name, scopes=list(question.request.scopes))
    if caller.out_of_band:
        return page("code.html", app=caller.app, code=code)
    return see_other(caller.answered(code=code))


def _told(known: Caller, refusal: Refusal) -> Response:
    """Tell the app why not; where there is no way back, tell the owner."""
    if known.out_of_band and refusal.code != "access_denied":
        return _asked_wrongly(known, refusal)
    _note(known, refusal)
    if known.out_of_band:
        return message("Nothing was allowed", f"{known.app.name} stays outside. You can close this page.", status=200)
    return see_other(known.answered(error=refusal.code, error_description=refusal.message))


def _asked_wrongly(known: Caller, refusal: Refusal) -> Response:
    """Tell whoever looks why not."""
    _note(known, refusal)
    return message("The app asked wrongly", f"{refusal.message}.", status=400)


def _note(known: Caller, refusal: Refusal) -> None:
    event(log, "app.refused", app=known.app.id, name=known.app.name, code=refusal.code, error=refusal)


def _shown(error: SmallfedError) -> Response:
    event(log, "authorize.refused", error=error)
    return message("This cannot go on", error.message, status=403 if isinstance(error, Forbidden) else 400)
